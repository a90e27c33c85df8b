"""A dynamic RNN on the exported path: a loop over time with a TensorArray in it.

What fails: 1.15 (TOCO) refuses every such loop ("control flow ops: Merge, Switch"). 2.15 and 2.21 convert it only
where the batch is static and control flow v2 is on; over a batch of None, with `sequence_length` over a batch of None,
with v1 control flow, and in Keras layers, LSTM and GRU themselves among them, they need Select TF ops
(`TensorListReserve requires element_shape to be static`): in a Keras layer a loop keeps its intermediates for the sake
of gradients, unless `tf.compat.v1.experimental.output_all_intermediates(False)` was called before. A layer made with
`unroll=True` is no loop.

Bad:

    x = tf.placeholder(tf.float32, [None, 20, 8])
    _, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)

Good:

    x = tf.placeholder(tf.float32, [1, 20, 8])              # 2.x; or tf.nn.static_rnn, which converts everywhere

The dry run confirms it when the converter refuses an op of the loop made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.intermediates import WAY_OUT, kept
from analyzer.findings import Outcome, Suspicion, Target
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Instance, Tensor, constant
from analyzer.rules.loop_over_elements_in_exported_graph import OPS as LOOP_OPS
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL304", "dynamic-rnn-in-exported-graph", by_version("X", "F", "F"))

DYNAMIC = frozenset(f"tensorflow.nn.{name}" for name in ("dynamic_rnn", "bidirectional_dynamic_rnn", "raw_rnn"))
KERAS = frozenset(
    f"tensorflow.keras.layers.{name}.__call__"
    for name in ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM2D", "CuDNNLSTM", "CuDNNGRU")
)
OPS = LOOP_OPS | frozenset({"ReverseSequence", "ReverseV2", "Select", "SelectV2", "CudnnRNN", "CudnnRNNV3"})


def unrolls(call: ApiCall) -> bool:
    """Whether it is a recurrent layer of Keras that makes no loop: `unroll=True`."""
    layer = call.owner if call.name in KERAS else None
    if isinstance(layer, Instance) and isinstance(inner := layer.arguments.get("layer", 0), Instance):
        layer = inner
    return isinstance(layer, Instance) and constant(layer.arguments.get("unroll")) is True


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(DYNAMIC | KERAS):
        if unrolls(call):
            continue
        outcomes = _outcomes(model, call)
        also = f" and {WAY_OUT}" if kept(model, call) else ""
        name = call.name.removesuffix(".__call__").rpartition(".")[2]
        if outcomes[Target.V2_15] is Outcome.BUILTINS:
            why = "1.15's converter refuses it, 2.15 and 2.21 convert it at this static batch"
        elif not model.control_flow_v2:
            why = "with v1 control flow 2.15 and 2.21 need Select TF ops for it, and 1.15 refuses it"
        elif _static_batch(model, call):
            why = "in a Keras layer it keeps its intermediates: 1.15 refuses it, 2.15 and 2.21 need Select TF ops"
        else:
            why = "over a batch of None 2.15 and 2.21 need Select TF ops for it, and 1.15 refuses it"
        yield RULE.at(
            call.span,
            f"`{name}` is a loop over time in the exported graph: {why}",
            expects=Refused(OPS, (call.span,)),
            certainty=call.certainty,
            outcomes=outcomes,
            fix=f"fix the batch in the receiver ([1, T, D]), keep control flow v2{also}, or {_without_loop(call)}",
            related=way(model, call),
        )


def _without_loop(call: ApiCall) -> str:
    return "make the layer with `unroll=True`" if call.name in KERAS else "use tf.nn.static_rnn"


def _outcomes(model: Model, call: ApiCall) -> Mapping[Target, Outcome]:
    static = model.control_flow_v2 and not kept(model, call) and _static_batch(model, call)
    return by_version("X", "B", "B") if static else RULE.outcomes


def _static_batch(model: Model, call: ApiCall) -> bool:
    """Whether every receiver tensor behind the call has a fixed first dimension."""
    given = call.arguments.get("inputs", 1 if call.name.endswith("dynamic_rnn") else 0)
    if call.name.endswith("bidirectional_dynamic_rnn"):
        given = call.arguments.get("inputs", 2)
    if isinstance(given, Tensor) and given.shape:
        return given.shape[0] is not None
    behind = [other.result for other in model.ancestors(call) if isinstance(other.result, Tensor)]
    placeholders = [tensor for tensor in behind if tensor.placeholder]
    if model.receiver is not None:
        placeholders += [t for t in model.receiver.tensors.values() if isinstance(t, Tensor)]
    return bool(placeholders) and all(tensor.shape and tensor.shape[0] is not None for tensor in placeholders)
