"""The exported graph holds the batch size of the training: it answers for that many rows, and for no other number.

What fails: `tf.reshape(x, [BATCH, 6])` of a placeholder with a batch of None, a cell's `zero_state(BATCH, ...)`, a
constant of BATCH rows beside it, or the rows split into a number of parts. 1.15 aborts ("Input cannot be reshaped to
requested dimensions"); 2.15 and 2.21 convert it, and the interpreter fails at its default batch of 1
("num_input_elements != num_output_elements"). With a batch in the `output_shape` of a transposed convolution 1.15
converts it too, and its interpreter fails.

Bad:

    flat = tf.reshape(features["tile"], [BATCH, 6])

Good:

    flat = tf.reshape(features["tile"], [-1, 6])

The dry run confirms it when the converted model cannot be run, or the converter refuses an op made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from astroid import nodes

from analyzer.editing.calls import argument, written
from analyzer.editing.text import replace
from analyzer.expectations import AnyOf, ConverterSays, InterpreterFails, Refused
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.provenance import fed_calls
from analyzer.findings import Certainty, Patch, Suspicion
from analyzer.reading.joining import by_default
from analyzer.reading.record import ApiCall
from analyzer.reading.shapes import from_value, shape_of
from analyzer.reading.values import UNKNOWN, Sequence, Tensor, Value, constant
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL415", "batch-size-baked-in", by_version("X", "R", "R"))

WHEN_RUN = InterpreterFails(frozenset({"fails", "differs"}))
PHRASES = ("Input cannot be reshaped to requested dimensions",)
OPS = frozenset({"Reshape", "ConcatV2", "Concat", "Pack", "Unpack", "Split", "SplitV"})
NEED_STATIC = frozenset({"tensorflow.unstack", "tensorflow.split"})
TRANSPOSED = frozenset(f"tensorflow.nn.conv{rank}d_transpose" for rank in (1, 2, 3))
BATCHES = frozenset({"tensorflow.data.Dataset.batch", "tensorflow.data.Dataset.padded_batch"})


def check(model: Model) -> Iterator[Suspicion]:
    trained = {
        constant(call.arguments.get("batch_size", 0))
        for pipeline in model.pipelines
        for call in pipeline.calls
        if call.name in BATCHES
    }
    fed = fed_calls(model)
    for call in model.calls:
        of_rows = call.id in fed or call.name.endswith(".zero_state")
        if not of_rows or not model.is_exported(call):
            continue
        rows, certain = _of_transposed(model, call, trained) if call.name in TRANSPOSED else _rows(call, trained)
        if rows is None:
            continue
        way_out = "take the batch from tf.shape(x)[0]" if call.name in TRANSPOSED else "use -1 for the batch"
        yield RULE.at(
            call.span,
            _message(call, rows),
            expects=AnyOf(
                (InterpreterFails(frozenset({"fails", "differs"})), Refused(OPS, (call.span,)), ConverterSays(PHRASES))
            ),
            certainty=call.certainty if certain else Certainty.MAYBE,
            outcomes=by_version("R", "R", "R") if call.name in TRANSPOSED else None,
            fix=f"{way_out}, or give the receiver's placeholder the same fixed batch",
            related=way(model, call),
            patch=_patch(model, call),
        )


def _message(call: ApiCall, rows: int) -> str:
    if call.name == "tensorflow.split":
        return f"the rows are split into {rows} parts here, while the receiver takes any number: other batches fail"
    return f"a batch of {rows} is fixed here, while the receiver takes any: the converted model fails at another"


def _rows(call: ApiCall, trained: set[object]) -> tuple[int | None, bool]:
    """The number of rows that a call fixes over a batch of None, and whether that is certain."""
    short = call.name.rpartition(".")[2]
    if call.name == "tensorflow.reshape":
        return _of_reshape(call, trained)
    if call.name == "tensorflow.concat":
        return _of_concat(call)
    if call.name in NEED_STATIC:
        return _of_parts(call)
    if short == "zero_state" and isinstance(rows := constant(call.arguments.get("batch_size", 0)), int) and rows > 1:
        return rows, rows in trained
    return None, False


def _of_reshape(call: ApiCall, trained: set[object]) -> tuple[int | None, bool]:
    source, wanted = shape_of(call.arguments.get("tensor", 0)), by_default(call.arguments.get("shape", 1) or UNKNOWN)
    sizes = from_value(wanted)
    if not source or source[0] is not None or not sizes or not isinstance(sizes[0], int) or sizes[0] <= 1:
        return None, False
    if None in sizes and not isinstance(wanted, Sequence):
        return None, False
    if -1 in sizes or None in sizes:
        return (sizes[0], True) if sizes[0] in trained else (None, False)
    of_row = prod(size or 0 for size in source[1:])
    return (prod(size or 1 for size in sizes) // of_row if of_row else sizes[0]), True


def _of_transposed(model: Model, call: ApiCall, trained: set[object]) -> tuple[int | None, bool]:
    """`output_shape` of a convolution; where what it is applied to has no known shape, a batch of the training's."""
    source, sizes = shape_of(call.arguments.get("value", 0)), from_value(call.arguments.get("output_shape", 2))
    if not sizes or not isinstance(sizes[0], int) or sizes[0] <= 1:
        return None, False
    if source is None:
        received = [shape_of(value) for value in model.receiver.tensors.values()] if model.receiver is not None else []
        is_open = bool(received) and all(shape and shape[0] is None for shape in received)
        return (sizes[0], True) if is_open and sizes[0] in trained else (None, False)
    return (sizes[0], True) if source and source[0] is None else (None, False)


def _of_parts(call: ApiCall) -> tuple[int | None, bool]:
    """`unstack` and `split` of the rows themselves, into a number of parts that is written down."""
    unstacks = call.name.endswith("unstack")
    source, axis = shape_of(call.arguments.get("value", 0)), constant(call.arguments.get("axis", 2), 0)
    count = constant(call.arguments.get("num" if unstacks else "num_or_size_splits", 1))
    if not source or source[0] is not None or axis != 0 or not isinstance(count, int) or count <= 1:
        return None, False
    return count, True


def _of_concat(call: ApiCall) -> tuple[int | None, bool]:
    values, axis = call.arguments.get("values", 0), constant(call.arguments.get("axis", 1))
    if not isinstance(values, Sequence) or axis in (None, 0):
        return None, False
    firsts = [_first(value) for value in values.items if isinstance(value, Tensor) and value.shape]
    fixed = [size for size in firsts if isinstance(size, int) and size > 1]
    return (fixed[0], True) if fixed and None in firsts else (None, False)


def _patch(model: Model, call: ApiCall) -> Patch | None:
    """-1 for the batch of a reshape; the size that was -1 is written out, where it is known.

    What it computes is the same. Its static batch is not, which only tf.unstack and tf.split ask for.
    """
    found = written(model.modules, call) if call.name == "tensorflow.reshape" else None
    shape = argument(found[1], "shape", 1) if found is not None else None
    sizes = from_value(call.arguments.get("shape", 1))
    if found is None or not isinstance(shape, nodes.List | nodes.Tuple) or not sizes or len(sizes) != len(shape.elts):
        return None
    if any(call.id in other.deps and other.name in NEED_STATIC for other in model.calls):
        return None
    edits = [replace(found[0], shape.elts[0], "-1")]
    for size, written_size in zip(sizes[1:], shape.elts[1:], strict=True):
        if size is None or size < 0:
            rest = (shape_of(call.arguments.get("tensor", 0)) or (None, None))[1:]
            if len(sizes) != 2 or None in rest:
                return None
            edits.append(replace(found[0], written_size, str(prod(known for known in rest if known is not None))))
    return Patch(tuple(edits), safe=True)


def _first(value: Value) -> int | None:
    shape = shape_of(value)
    return shape[0] if shape else None
