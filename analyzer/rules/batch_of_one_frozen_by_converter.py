"""TensorFlow 1.15's converter freezes a batch of None to 1 in ops that it replaces by a reshape.

What fails: 1.15 (TOCO) converts a model with a batch of None for a batch of 1. `expand_dims`, `squeeze`, `flatten`,
one-dimensional convolutions and pooling, a dense layer over a tensor of rank 3, products of batches of matrices, a
transpose that moves nothing but the batch (`[1, 0, 2]`, those around `softmax(axis=1)` of [None, T, 1]), recurrent
layers with `unroll=True`, everything computed from `tf.shape(x)[0]`, and a feature of shape [None] that its column
expands become constants of that 1: the flatbuffer runs at batch 1 and fails at any other ("num_input_elements !=
num_output_elements"), or answers wrongly. A `flatten` or `squeeze` that only dense layers take is dropped and harmless,
and so is a dense layer without bias whose result is reshaped at once. 2.15 and 2.21 keep the batch.

Bad (for 1.15):

    x = tf.layers.conv1d(tf.expand_dims(beat, 2), 4, 3)

Good:

    x = tf.reshape(beat, [-1, 12, 1])                       # or a receiver whose batch is the device's batch

The dry run confirms it when the interpreter fails at another batch than 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.expectations import InterpreterFails
from analyzer.exportgraph.columns import used
from analyzer.exportgraph.consumers import Consumers, keeps_batch
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.provenance import fed_calls
from analyzer.exportgraph.reordering import is_reshape_of_one
from analyzer.findings import Related, Suspicion
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Instance, Mapping, Sequence, Tensor, constant, deps_of, is_none
from analyzer.rules.dynamic_rnn_in_exported_graph import unrolls
from analyzer.rules.rule import Rule, by_version, way
from analyzer.tfapi.names import canonical

RULE = Rule("TFL416", "batch-of-one-frozen-by-converter", by_version("R", "B", "B"))

FREEZING = frozenset(
    canonical(f"tensorflow.{name}")
    for name in """
    expand_dims squeeze nn.moments norm linalg.norm sequence_mask nn.conv1d nn.max_pool1d nn.avg_pool1d layers.conv1d
    layers.separable_conv1d layers.max_pooling1d layers.average_pooling1d layers.conv2d_transpose
    contrib.layers.conv2d_transpose
    layers.flatten contrib.layers.flatten nn.static_rnn nn.static_bidirectional_rnn
    keras.backend.expand_dims keras.backend.squeeze keras.backend.repeat keras.backend.batch_dot
    """.split()
)
FREEZING_LAYERS = re.compile(
    r"^tensorflow\.(keras\.)?layers\.(Conv1D|SeparableConv1D|MaxPooling1D|MaxPool1D|AveragePooling1D|Conv2DTranspose"
    r"|Flatten|Reshape|RepeatVector|LocallyConnected[12]D|Attention|AdditiveAttention|Dot)\.__call__$"
)
PRODUCTS = frozenset({"tensorflow.linalg.matmul", "operator.matmul", "tensorflow.linalg.matvec"})
SUMS = frozenset({"tensorflow.linalg.einsum", "tensorflow.linalg.tensordot"})
DENSE = frozenset(
    f"tensorflow.{name}"
    for name in "layers.dense layers.Dense.__call__ keras.layers.Dense.__call__ contrib.layers.fully_connected "
    "contrib.layers.linear".split()
)
SIZED_BY_SHAPE = frozenset({"tensorflow.reshape", "tensorflow.range"})
REGROUPING = frozenset(
    canonical(f"tensorflow.{name}")
    for name in """
    squeeze layers.flatten contrib.layers.flatten layers.Flatten.__call__ keras.layers.Flatten.__call__
    """.split()
)
"""What is dropped where only products of matrices take it."""
OF_ONE_AXIS = frozenset({"tensorflow.squeeze", "tensorflow.expand_dims"})
"""What is joined to the reshape behind it."""
FLATTENS = re.compile(r"(flatten|\.Flatten\.__call__)$")


def check(model: Model) -> Iterator[Suspicion]:
    yield from _expanded_by_columns(model)
    fed, consumers = fed_calls(model), Consumers(model)
    regrouped = {dep for call in model.calls if keeps_batch(call) for dep in deps_of(call.arguments.get("tensor", 0))}
    sizes = {call.id for call in model.calls if call.name == "tensorflow.shape" and _is_free(_first_tensor(call))}
    for call in model.calls:
        if call.id not in fed or not model.is_exported(call) or (FLATTENS.search(call.name) and call.id in regrouped):
            continue
        asks = call.name in SIZED_BY_SHAPE and _asks_for(call, sizes, model)
        if not asks and not _freezes(call, consumers):
            continue
        if (asks or call.name in REGROUPING) and _makes_rows(call) and consumers.are_products(call):
            continue
        if call.name in OF_ONE_AXIS and consumers.are_reshapes(call):
            continue
        yield RULE.at(
            call.span,
            f"`{call.spelled.removesuffix('.__call__')}` over a batch of None: "
            "1.15's converter fixes the batch to 1 here, 2.15 and 2.21 keep it",
            expects=InterpreterFails(frozenset({"fails", "differs"})),
            certainty=call.certainty,
            fix="reshape with -1 for the batch, or give the receiver's placeholder the batch that the device uses",
            related=way(model, call),
        )


def _expanded_by_columns(model: Model) -> Iterator[Suspicion]:
    """Features of shape [None]: the columns of a deep part make [None, 1] of each; a linear part was measured right."""
    features = model.receiver.features if model.receiver is not None else None
    if not isinstance(features, Mapping):
        return
    for one in used(model):
        for key in one.column.keys:
            tensor = features.entries.get(key)
            if (
                one.column.kind != "numeric_column"
                or one.part != "deep"
                or not isinstance(tensor, Tensor)
                or tensor.shape != (None,)
            ):
                continue
            yield RULE.at(
                features.spans.get(key) or one.column.span,
                f"feature {key!r} has shape [None] and its column expands it: "
                "1.15's converter fixes the batch to 1 there, 2.15 and 2.21 keep it",
                expects=InterpreterFails(frozenset({"fails", "differs"})),
                certainty=one.certainty,
                fix="give its placeholder the shape [None, 1]",
                related=(Related(one.column.span, "the column is made here"), *way(model, one.layer)),
            )


def _makes_rows(call: ApiCall) -> bool:
    """Whether the result certainly has rank 2."""
    if call.name == "tensorflow.reshape":
        sizes = call.arguments.get("shape", 1)
        return isinstance(sizes, Sequence) and sizes.complete and len(sizes.items) == 2
    if FLATTENS.search(call.name):
        return True
    source, axis = _first_tensor(call), call.arguments.get("axis", 1) or call.arguments.get("squeeze_dims")
    gone = len(axis.items) if isinstance(axis, Sequence) else 1 if axis is not None else None
    return source is not None and source.shape is not None and gone is not None and len(source.shape) - gone == 2


def _first_tensor(call: ApiCall) -> Tensor | None:
    for value in call.arguments.values():
        inner = value.items if isinstance(value, Sequence) else [value]
        for item in inner:
            if isinstance(item, Tensor):
                return item
    return None


def _is_free(tensor: Tensor | None) -> bool:
    """Whether a tensor certainly has a batch of None."""
    return tensor is not None and bool(tensor.shape) and (tensor.shape or (0,))[0] is None


def _freezes(call: ApiCall, consumers: Consumers) -> bool:
    if is_reshape_of_one(call):
        return True
    if call.name in PRODUCTS:
        return any(_is_free(value) and len(value.shape or ()) > 2 for value in _tensors(call))
    source = _first_tensor(call)
    if source is None or not _is_free(source):
        return False
    rank = len(source.shape or ())
    if call.name in DENSE or call.name in SUMS:
        return rank > 2 and (_has_bias(call) or not consumers.are_reshapes(call))
    if FLATTENS.search(call.name):
        return rank > 2
    return call.name in FREEZING or bool(FREEZING_LAYERS.match(call.name)) or unrolls(call)


def _tensors(call: ApiCall) -> list[Tensor]:
    return [value for value in call.arguments.values() if isinstance(value, Tensor)]


def _has_bias(call: ApiCall) -> bool:
    """Whether a dense layer adds something behind its product, which keeps the reshape there apart from the next."""
    if call.name in SUMS:
        return False
    if call.name.startswith("tensorflow.contrib."):
        return not is_none(call.arguments.get("biases_initializer"))
    made = call.owner.arguments if isinstance(call.owner, Instance) else call.arguments
    return constant(made.get("use_bias", 2 if isinstance(call.owner, Instance) else 3), True) is not False


def _asks_for(call: ApiCall, sizes: set[int], model: Model) -> bool:
    """Whether a size that the call is given is computed from `tf.shape` of a tensor with a batch of None."""
    given = call.arguments.get("shape", 1) if call.name == "tensorflow.reshape" else None
    wanted = deps_of(given) if given is not None else call.deps if call.name == "tensorflow.range" else frozenset()
    by_id = {other.id: other for other in model.calls}
    for _ in range(3):
        if wanted & sizes:
            return _reads_batch(given)
        wanted = frozenset().union(
            *(by_id[dep].deps for dep in wanted if dep in by_id and by_id[dep].name == "operator.getitem")
        )
    return False


def _reads_batch(given: object) -> bool:
    """Whether it is the first of the sizes that is computed, as in `[tf.shape(x)[0], -1]`."""
    return not isinstance(given, Sequence) or (bool(given.items) and not isinstance(constant(given.items[0]), int))
