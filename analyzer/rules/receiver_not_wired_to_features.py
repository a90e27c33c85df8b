"""What the model reads does not come from what callers feed: the receiver's two halves are not wired together.

What fails: `features` and `receiver_tensors` of a receiver must hold the same tensors, or tensors made from them.

- The model reads a constant where the placeholder should be: it converts without a word on every version, and gives one
  answer to every input. A receiver tensor that belongs to no feature at all is only useless.
- The model depends on a placeholder that is no receiver tensor (a second placeholder, `keep_prob`, `is_training`):
  nobody can feed it, and no converter takes the model.

Bad:

    x = tf.placeholder(tf.float32, [None, 2])
    return ServingInputReceiver({"x": tf.constant([[1.5, 2.5]])}, {"x": x})

Good:

    return ServingInputReceiver({"x": x}, {"x": x})

The dry run confirms the first when the input reaches no output, the second when that placeholder is in the exported
graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from astroid import nodes

from analyzer.editing.displays import value_at
from analyzer.editing.text import replace
from analyzer.expectations import AnyOf, ConverterSays, InExportedSlice, InputUnused
from analyzer.exportgraph.graph import Model, Receiver
from analyzer.exportgraph.wiring import disconnected, shape_only, unfed
from analyzer.findings import Patch, Related, Severity, Suspicion
from analyzer.reading.record import Scope
from analyzer.reading.values import Mapping, Tensor
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL216", "receiver-not-wired-to-features", by_version("W", "W", "W"))

UNFED = by_version("X", "X", "X")
HARMLESS = by_version("B", "B", "B")
NO_SIGNATURE = ("Only support at least one signature key",)
"""TensorFlow 2.15 drops a signature whose outputs its inputs do not decide."""


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is None or receiver.span is None:
        return
    lost = list(unfed(model))
    for call in lost:
        inside = call.scope is Scope.MODEL
        yield RULE.at(
            call.span if inside else receiver.span,
            f"the model depends on a placeholder{'' if inside else f' (line {call.span.line})'} that is no receiver "
            "tensor: nobody can feed it when the model is served",
            expects=AnyOf((InExportedSlice(frozenset({"Placeholder"}), (call.span,)), ConverterSays(NO_SIGNATURE))),
            certainty=call.certainty,
            outcomes=UNFED,
            fix="make it a receiver tensor, or a constant under PREDICT",
            related=(Related(call.span, "the placeholder"), *way(model, call)),
        )
    for key, matters in disconnected(model):
        if lost and matters:
            continue
        shaped = shape_only(model, key)
        yield RULE.at(
            shaped.span if shaped is not None else receiver.span,
            f"what the model reads takes no value from receiver tensor {key!r}: feeding it changes no answer"
            if matters
            else f"receiver tensor {key!r} belongs to no feature: callers must give it, and it changes nothing",
            expects=InputUnused(key),
            outcomes=RULE.outcomes if matters else HARMLESS,
            fix="give the same tensors in features and receiver_tensors",
            related=way(model),
            ceiling=Severity.ERROR if matters else Severity.INFO,
            patch=_patch(model, receiver, key) if matters else None,
        )


def _patch(model: Model, receiver: Receiver, key: str) -> Patch | None:
    """The receiver tensor of the same key as the feature. Another tensor may have been meant: not safe."""
    given = receiver.call.arguments.get("receiver_tensors", 1) if receiver.call is not None else None
    features = receiver.features
    if not isinstance(given, Mapping) or not isinstance(features, Mapping) or given.spans == features.spans:
        return None
    tensor, feature = given.entries.get(key), features.entries.get(key)
    if not isinstance(tensor, Tensor) or not isinstance(feature, Tensor) or tensor.dtype != feature.dtype:
        return None
    wrong, right = value_at(model.modules, features.spans.get(key)), value_at(model.modules, given.spans.get(key))
    if (
        wrong is None
        or right is None
        or not isinstance(right[1], nodes.Name)
        or wrong[1].scope() is not right[1].scope()
    ):
        return None
    return Patch((replace(*wrong, right[1].name),), safe=False)
