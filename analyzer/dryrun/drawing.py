"""The graph of a dry run as reports draw it: each op with what the conversions made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from analyzer.dryrun.protocol import BuiltModel, Frame, ModelRun, Op, RefusedOp, Tensor
from analyzer.exported import ExportedGraph, GraphOp, Support
from analyzer.findings import Span
from analyzer.tfapi.ops import FOLDED

KEEPS_VARIABLES = (
    ("VarIsInitializedOp", ""), ("IsVariableInitialized", ""), ("NoOp", ""), ("AssignVariableOp", "/Assign"),
    ("Assign", "/Assign"), ("ReadVariableOp", "/Read/ReadVariableOp"), ("Identity", "/read"),
)  # fmt: skip
"""Type and end of name of what TensorFlow adds to each variable."""


def graph(run: ModelRun) -> ExportedGraph | None:
    """The graph as written, else as mended, as its own TensorFlow judges it; None where none can be drawn."""
    for built in (run.as_written, run.mended):
        if built is not None and any(op.reads for op in built.ops):
            own = built.by(built.results[0].converter) if built.results else built
            return ExportedGraph(
                tuple(_op(op, own) for op in _written(built.ops, run.export)),
                _keys(tensor for signature in built.signatures for tensor in signature.inputs),
                _keys(tensor for signature in built.signatures for tensor in signature.outputs),
                mended=built is run.mended,
            )
    return None


def _written(ops: Sequence[Op], export: Frame | None) -> Iterator[Op]:
    """The ops without those dead ones that TensorFlow made itself: to set, save and restore variables."""
    readers: dict[tuple[str, str], list[Op]] = {}
    for op in ops:
        for name in op.reads:
            readers.setdefault((op.within, name), []).append(op)
    own: set[Op] = set()
    # Whatever reads an op comes after it.
    for op in reversed(ops):
        reading = readers.get((op.within, op.name), ())
        feeds = bool(reading) and all(reader in own for reader in reading)
        kept = any(op.type == kind and op.name.endswith(end) for kind, end in KEEPS_VARIABLES)
        at_export = bool(op.frames) and export is not None and op.frames[-1] == export
        if not op.live and (feeds or (not reading and kept) or at_export):
            own.add(op)
    return (op for op in ops if op not in own)


def _op(op: Op, built: BuiltModel) -> GraphOp:
    lines = tuple(Span(Path(frame.path), frame.line, 1, frame.line, 1) for frame in op.frames)
    return GraphOp(op.name, op.type, _support(op, built), lines, op.reads, op.within, op.calls, op.makes)


def _support(op: Op, built: BuiltModel) -> Support:
    if not op.live:
        return Support.DEAD
    plain = [result for result in built.results if result.profile == "builtins" and result.signature is not None]
    refusals = [refused for result in built.results for refused in result.refused if _is(refused, op)]
    if refusals:
        select = all(refused.kind == "select" for refused in refusals)
        return Support.SELECT if select else Support.REFUSED
    if any(f"Flex{op.type}" in result.tflite_ops for result in built.results):
        return Support.SELECT
    if op.type in FOLDED:
        return Support.FOLDED
    judged = any(result.outcome == "converts" or result.complete for result in plain or built.results)
    return Support.BUILTIN if judged else Support.UNKNOWN


def _is(refused: RefusedOp, op: Op) -> bool:
    return refused.type == op.type and (not refused.frames or refused.frames == op.frames or refused.node == op.name)


def _keys(tensors: Iterable[Tensor]) -> tuple[tuple[str, str], ...]:
    """Several signatures may name one op: the first key stands."""
    named: dict[str, str] = {}
    for tensor in tensors:
        named.setdefault(tensor.name.partition(":")[0], tensor.key)
    return tuple(named.items())
