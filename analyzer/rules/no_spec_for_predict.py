"""model_fn gives no EstimatorSpec with predictions when it is called for PREDICT.

What fails: the export calls model_fn with mode PREDICT. A model_fn that only returns for TRAIN and EVAL gives None
("model_fn should return an EstimatorSpec."), one that returns its logits gives no spec either, and a spec without
predictions raises "Missing predictions." The converter is never reached.

Bad:

    if mode == tf.estimator.ModeKeys.TRAIN:
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

Good:

    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})

Where the program exports nothing itself it is an info: a model_fn that only trains needs no PREDICT.

The dry run confirms it by the exception of the export.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analyzer.expectations import Raises
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Suspicion
from analyzer.reading.values import Choice, Const, Mapping, Sequence, Value, is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL212", "no-spec-for-predict", by_version("E", "E", "n/a"))

SPECS = ("EstimatorSpec", "TPUEstimatorSpec")
FIX = "return tf.estimator.EstimatorSpec(mode, predictions={...}) for PREDICT"


def check(model: Model) -> Iterator[Suspicion]:
    if model.returned is None or model.model_fn_span is None or model.estimator is None:
        return
    kind = _no_spec(model.returned)
    if kind is not None:
        start = model.model_fn_span
        what, certainty = kind
        yield RULE.at(
            replace(start, end_line=start.line, end_column=start.column + 1),
            f"for PREDICT this model_fn returns {what}, not an EstimatorSpec",
            expects=Raises(frozenset({"ValueError", "AttributeError", "TypeError"}), (), "EstimatorSpec"),
            certainty=certainty if model.export is not None else Certainty.MAYBE,
            fix=FIX,
            related=way(model),
        )
        return
    spec = model.spec
    if spec is None or not spec.name.endswith(SPECS) or spec.arguments.open:
        return
    given = spec.arguments.get("predictions", 1)
    if given is None or is_none(given):
        yield RULE.at(
            spec.span,
            "PREDICT gets this EstimatorSpec, and it has no predictions",
            expects=Raises(frozenset({"ValueError"}), (spec.span,), "Missing predictions"),
            certainty=spec.certainty if model.export is not None else Certainty.MAYBE,
            fix=FIX,
            related=way(model, spec),
        )


def _no_spec(value: Value) -> tuple[str, Certainty] | None:
    """What is returned instead of a spec, where it certainly is something else."""
    match value:
        case Const(value=None):
            return "None", Certainty.CERTAIN
        case Const() | Sequence(complete=True) | Mapping():
            return "something else", Certainty.CERTAIN
        case Choice(options=options) if any(is_none(option) for option in options):
            return "None on some path", Certainty.MAYBE
        case _:
            return None
