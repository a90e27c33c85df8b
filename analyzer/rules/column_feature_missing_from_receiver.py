"""A feature column reads a feature that the serving receiver does not give.

What fails: the export dies inside TensorFlow, "Feature wind is not in features dictionary.", and the converter is never
reached. Training went well, because `input_fn` gives that feature.

Bad:

    columns = [numeric_column("age"), numeric_column("wind")]
    ServingInputReceiver({"age": age}, {"age": age})

Good:

    ServingInputReceiver({"age": age, "wind": wind}, {"age": age, "wind": wind})

The dry run confirms it by these words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Raises
from analyzer.exportgraph.columns import Column, Used, used
from analyzer.exportgraph.graph import Model
from analyzer.findings import Related, Suspicion
from analyzer.reading.values import Mapping
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL219", "column-feature-missing-from-receiver", by_version("E", "E", "n/a"))

EXCEPTIONS = frozenset({"ValueError", "KeyError"})


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is None or receiver.span is None:
        return
    missing: dict[str, tuple[Column, Used]] = {}
    for one in used(model):
        given = _given(model, one)
        for column in one.column.walk() if given is not None else ():
            missing |= {key: (column, one) for key in column.keys if key not in (given or ()) and key not in missing}
    if not missing:
        return
    keys = ", ".join(repr(key) for key in missing)
    column, one = next(iter(missing.values()))
    places = tuple(Related(column.span, f"`{column.name}` reads {key!r}") for key, (column, _) in missing.items())
    yield RULE.at(
        receiver.span,
        f"the receiver gives no feature {keys}, and `{column.name}` (line {column.span.line}) reads it",
        expects=Raises(EXCEPTIONS, (), "is not in features dictionary"),
        certainty=one.certainty,
        fix=f"give {keys} in the receiver's features",
        related=(*places, *way(model, one.layer)),
    )


def _given(model: Model, one: Used) -> tuple[str, ...] | None:
    """The features that the column gets to see, None where they are not all known."""
    if one.layer is None:
        return model.receiver.keys if model.receiver is not None else None
    features = one.layer.arguments.get("features", 0)
    if isinstance(features, Mapping) and features.complete and features.tag == "features":
        return tuple(str(key) for key in features.entries)
    return None
