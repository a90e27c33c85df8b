"""A receiver placeholder leaves more than its first dimension open: TensorFlow 1.15's converter refuses it.

What fails on 1.15: "None is only supported in the 1st dimension. Tensor 'image' has invalid shape '[None, None, None,
3]'." A placeholder without a shape gets "Provide an input shape for input array 'x'." 2.x takes both.

Bad, for 1.15:

    image = tf.placeholder(tf.float32, [None, None, None, 3])

Good:

    image = tf.placeholder(tf.float32, [None, 224, 224, 3])

The dry run confirms it when the converter asks for the shape.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import ConverterSays
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Const, Sequence, Tensor, is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL214", "unknown-dimensions-in-receiver", by_version("X", "B", "B"))

SHAPE_AT = {"tensorflow.placeholder": 1, "tensorflow.placeholder_with_default": 1}
PHRASES = ("None is only supported in the 1st dimension", "Provide an input shape for input array")


def check(model: Model) -> Iterator[Suspicion]:
    for key, call in model.receiver.made_by.items() if model.receiver is not None else ():
        what = _unknown(call)
        if what is None or _is_given_later(model, call):
            continue
        yield RULE.at(
            call.span,
            f"receiver tensor {key!r} has {what}: 1.15's converter takes None in the first dimension only",
            expects=ConverterSays(PHRASES),
            certainty=call.certainty,
            fix="give every dimension but the first",
            related=way(model, call),
        )


def _unknown(call: ApiCall) -> str | None:
    """What of the shape is certainly open beyond the batch."""
    if call.name not in SHAPE_AT or call.arguments.open:
        return None
    shape = call.arguments.get("shape", SHAPE_AT[call.name])
    match shape:
        case None if call.name == "tensorflow.placeholder":
            return "no shape at all"
        case Const(value=None):
            return "no shape at all"
        case Sequence(complete=True, items=items) if any(is_none(item) for item in items[1:]):
            return "unknown dimensions besides the first"
        case Const(value=tuple() | list() as sizes) if None in sizes[1:]:
            return "unknown dimensions besides the first"
        case _:
            return None


def _is_given_later(model: Model, call: ApiCall) -> bool:
    """Whether `set_shape` completes it."""
    return any(
        other.name == "tensorflow.Tensor.set_shape" and isinstance(other.owner, Tensor) and call.id in other.owner.deps
        for other in model.calls
    )
