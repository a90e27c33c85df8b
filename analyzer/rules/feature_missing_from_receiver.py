"""model_fn reads a feature that the serving input receiver does not give.

What fails: the export calls model_fn with the receiver's features; a key that is not among them is a `KeyError` inside
model_fn, and no converter is ever started. Only the keys of `features` matter here, not those of `receiver_tensors`.

Bad:

    net = tf.layers.dense(features["pixels"], 8)
    ...
    return ServingInputReceiver({"image": x}, {"image": x})

Good:

    return ServingInputReceiver({"pixels": x}, {"image": x})

The dry run confirms it when the export dies with a KeyError on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.editing.displays import entry
from analyzer.editing.text import replace
from analyzer.expectations import Raises
from analyzer.exportgraph.graph import Model, Receiver
from analyzer.findings import Patch, Related, Suspicion
from analyzer.reading.values import Mapping
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL202", "feature-missing-from-receiver", by_version("E", "E", "n/a"))


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is None or receiver.keys is None or receiver.wraps_bare_tensor:
        return
    seen: set[str] = set()
    for read in model.reads:
        if read.given is not False or read.optional or read.key in seen:
            continue
        seen.add(read.key)
        given = ", ".join(repr(key) for key in receiver.keys) or "none"
        related = way(model)
        if receiver.span is not None:
            related = (Related(receiver.span, f"the receiver gives: {given}"), *related)
        yield RULE.at(
            read.span,
            f"the receiver gives no feature {read.key!r} (it gives {given})",
            expects=Raises(frozenset({"KeyError"}), (read.span,)),
            certainty=read.certainty,
            fix=f"give {read.key!r} in the receiver's features, or read one of its keys",
            related=related,
            patch=_patch(model, receiver),
        )


def _patch(model: Model, receiver: Receiver) -> Patch | None:
    """The one feature that nothing reads, under the one key that is missing. It may be another one: not safe."""
    read = {one.key for one in model.reads}
    missing = {one.key for one in model.reads if one.given is False}
    spare = [key for key in receiver.keys or () if key not in read]
    if len(missing) != 1 or len(spare) != 1 or not isinstance(receiver.features, Mapping):
        return None
    found = entry(model.modules, receiver.features.spans.get(spare[0]))
    if found is None:
        return None
    module, display, number = found
    return Patch((replace(module, display.items[number][0], f'"{missing.pop()}"'),), safe=False)
