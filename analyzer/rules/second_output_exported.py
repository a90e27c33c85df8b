"""An output of the model is the second output of an op: TensorFlow 1.15's converter does not find it.

What fails: 1.15 looks for the output among the nodes under the name "TopKV2:1", and there is no node of that name
("AssertionError: TopKV2:1 is not in graph"), before it looks at any op. 2.15 and 2.21 convert it.

Bad (for 1.15):

    scores, classes = tf.nn.top_k(probabilities, k=3)
    return tf.estimator.EstimatorSpec(mode, predictions={"classes": classes})

Good:

    return tf.estimator.EstimatorSpec(mode, predictions={"classes": tf.identity(classes)})

The dry run confirms it when the converter says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import ConverterSays
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.signatures import predict_tensors, signatures
from analyzer.findings import Suspicion
from analyzer.reading.values import Tensor, Value
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL417", "second-output-exported", by_version("X", "B", "B"))

PHRASES = ("is not in graph",)


def check(model: Model) -> Iterator[Suspicion]:
    calls = {call.id: call for call in model.calls}
    told: set[int] = set()
    for value in _outputs(model):
        if not isinstance(value, Tensor) or not value.output or len(value.deps) != 1:
            continue
        call = calls.get(next(iter(value.deps)))
        if call is None or call.id in told:
            continue
        told.add(call.id)
        yield RULE.at(
            call.span,
            f"output number {value.output + 1} of `{call.spelled}` is itself an output of the model: 1.15's converter "
            "does not find it, 2.15 and 2.21 convert it",
            expects=ConverterSays(PHRASES),
            certainty=call.certainty,
            fix="export it through tf.identity",
            related=way(model, call),
        )


def _outputs(model: Model) -> Iterator[Value]:
    """The tensors that the signatures give; those of the predictions where the signatures are not known."""
    known = signatures(model)
    if known is None:
        yield from (tensor for _, tensor, _ in predict_tensors(model))
        return
    for signature in known:
        yield from (signature.tensors or {}).values()
