"""What a PREDICT graph is made of: its operations, which of them feed an output, and who wrote them."""

from __future__ import annotations

import re
from typing import Any, Iterable

from .frames import Project

PLACEHOLDERS = {"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"}
SHAPE_ONLY = {"Shape", "ShapeN", "Rank", "Size", "ZerosLike", "OnesLike"}
MOST_DRAWN = 20000
"""Operations of one graph that tell what they read; of a larger one none does."""
MOST_READ = 64
BATCH_NORM_SCOPE = re.compile(r"^(.*?)/?(?:moments|AssignMovingAvg\w*)(?:/|$)")


class Bodies:
    """Every FuncGraph made while this is installed, so that the ops in while and cond bodies keep their stacks."""

    def __init__(self) -> None:
        self.by_name: dict[str, list[Any]] = {}

    def install(self) -> None:
        from tensorflow.python.framework import func_graph

        original, bodies = func_graph.FuncGraph.__init__, self

        def __init__(graph: Any, *args: Any, **kwargs: Any) -> None:
            original(graph, *args, **kwargs)
            bodies.by_name.setdefault(graph.name, []).append(graph)

        func_graph.FuncGraph.__init__ = __init__

    def find(self, name: str, graph: Any) -> Any:
        """The FuncGraph of this function that was made in `graph`; None for one made in another way."""
        known = self.by_name.get(name) or self.by_name.get(re.sub(r"^__inference_|_\d+$", "", name)) or []
        inside = [body for body in known if _outermost(body) is _outermost(graph)]
        return inside[-1] if inside else None


def _outermost(graph: Any) -> Any:
    while getattr(graph, "outer_graph", None) is not None:
        graph = graph.outer_graph
    return graph


def _called(node: Any) -> list[str]:
    """The functions that a node calls."""
    values = list(node.attr.values())
    return [value.func.name for value in values if value.HasField("func")] + [
        function.name for value in values for function in value.list.func
    ]


def ancestors(roots: Iterable[Any], value_only: bool = False) -> set[Any]:
    """The operations that `roots` need, themselves included; `value_only` follows no edge that carries just a shape."""
    found: set[Any] = set()
    waiting = list(roots)
    while waiting:
        op = waiting.pop()
        if op in found:
            continue
        found.add(op)
        if value_only and op.type in SHAPE_ONLY:
            continue
        waiting += [tensor.op for tensor in op.inputs]
        if not value_only:
            waiting += op.control_inputs
    return found


def signature_ops(graph: Any, tensors: Iterable[Any]) -> list[Any]:
    """The operations behind TensorInfos, of sparse ones all three."""
    names = []
    for info in tensors:
        sparse = info.coo_sparse
        parts = [sparse.values_tensor_name, sparse.indices_tensor_name, sparse.dense_shape_tensor_name]
        names += [info.name] if info.name else [name for name in parts if name]
    return [graph.as_graph_element(name).op for name in names]


def describe(
    graph: Any, live: set[Any], received: set[Any], bodies: Bodies, project: Project, drawn: bool
) -> list[dict[str, Any]]:
    """The operations of `graph` and of the bodies it calls, as the protocol tells them; `drawn`, with their edges."""
    training = _training_batch_norms(graph)
    described = []
    edges = _edges if drawn and len(graph.get_operations()) <= MOST_DRAWN else _no_edges
    for op in graph.get_operations():
        described.append(dict(_describe(op, op in live, op in received, "", op in training, project), **edges(op)))
    library = {function.signature.name: function for function in graph.as_graph_def().library.function}
    waiting = [(name, op, op in live, op in received) for op in graph.get_operations() for name in _called(op.node_def)]
    done: set[str] = set()
    while waiting:
        name, caller, alive, in_receiver = waiting.pop()
        body = bodies.find(name, graph)
        if name in done or (body is None and name not in library):
            continue
        done.add(name)
        if body is None:
            called = _without_stacks(library[name], caller, alive, in_receiver, project)
            described += [dict(one, **edges(node)) for one, node in called]
            waiting += [(below, caller, alive, in_receiver) for _, node in called for below in _called(node)]
            continue
        inner = ancestors([tensor.op for tensor in body.outputs] + list(getattr(body, "control_outputs", ())))
        for op in body.get_operations():
            told = _describe(op, alive and op in inner, in_receiver, name, False, project)
            described.append(dict(told, **edges(op)))
            waiting += [(below, op, alive and op in inner, in_receiver) for below in _called(op.node_def)]
    return described


def _without_stacks(function: Any, caller: Any, alive: bool, received: bool, project: Project) -> list[Any]:
    """The nodes of a function of which only the definition is left, each with that: all on the lines that call it."""
    like = _describe(caller, alive, received, function.signature.name, False, project)
    return [(dict(like, name=node.name, type=node.op), node) for node in function.node_def]


def _no_edges(op: Any) -> dict[str, Any]:
    return {}


def _edges(op: Any) -> dict[str, Any]:
    """What an operation, or a node of which only the definition is left, reads, calls and makes."""
    if hasattr(op, "input"):
        names = [name.partition(":")[0] for name in op.input if name[0] != "^"]
        return {"reads": names[:MOST_READ], "calls": _called(op)}
    reads = list(dict.fromkeys(tensor.op.name for tensor in op.inputs))[:MOST_READ]
    return {"reads": reads, "calls": _called(op.node_def), "makes": _spelled(op.outputs[0]) if op.outputs else ""}


def _spelled(tensor: Any) -> str:
    if tensor.shape.rank is None:
        return str(tensor.dtype.name) + " of unknown shape"
    sizes = ["?" if size is None else str(size) for size in tensor.shape.as_list()]
    return str(tensor.dtype.name) + (" " + " × ".join(sizes) if sizes else "")


def _describe(op: Any, live: bool, received: bool, within: str, trains: bool, project: Project) -> dict[str, Any]:
    return {
        "name": op.name,
        "type": op.type,
        "frames": project.of_op(op),
        "live": live,
        "scope": "receiver" if received else "model",
        "within": within,
        "trains": trains,
    }


def _training_batch_norms(graph: Any) -> set[Any]:
    """Operations that normalize with the statistics of the batch, unless a branch decides that at run time."""
    fused, moments, updated = set(), [], set()
    for op in graph.get_operations():
        if op.type.startswith("FusedBatchNorm") and "Grad" not in op.type:
            if op.get_attr("is_training") and op.inputs[0].op.type != "Switch" and not _of_each_row(op):
                fused.add(op)
        elif op.type == "Mean" and op.inputs[0].op.type == "SquaredDifference" and _over_batch(op):
            fused.add(op)
        match = BATCH_NORM_SCOPE.match(op.name)
        if match and "AssignMovingAvg" in op.name:
            updated.add(match.group(1))
        elif match and op.type == "Mean" and not any(tensor.op.type == "Switch" for tensor in op.inputs):
            moments.append((match.group(1), op))
    return fused | {op for scope, op in moments if scope in updated}


def _of_each_row(op: Any) -> bool:
    """Whether it normalizes each row by itself: Keras' LayerNormalization lays the rows where channels are, batch 1."""
    given = op.inputs[0]
    return bool(given.op.type == "Reshape" and given.shape.rank == 4 and given.shape.as_list()[0] == 1)


def _over_batch(op: Any) -> bool:
    """Whether a variance, as `tf.nn.moments` makes it, is that of a batch of inputs: of their first axis."""
    from tensorflow.python.framework import tensor_util

    axes, rank = tensor_util.constant_value(op.inputs[1]), op.inputs[0].shape.rank
    if axes is None or not rank or op.inputs[0].shape.as_list()[0] == 1:
        return False
    of_batch = 0 in [int(axis) % rank for axis in axes.reshape(-1)]
    return of_batch and any(above.type in PLACEHOLDERS for above in ancestors([op]))
