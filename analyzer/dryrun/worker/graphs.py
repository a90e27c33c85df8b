"""What a PREDICT graph is made of: its operations, which of them feed an output, and who wrote them."""

from __future__ import annotations

import re
from typing import Any, Iterable

from .frames import Frame, Project

PLACEHOLDERS = {"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"}
SHAPE_ONLY = {"Shape", "ShapeN", "Rank", "Size", "ZerosLike", "OnesLike"}
BATCH_NORM_SCOPE = re.compile(r"^(.*?)/?(?:moments|AssignMovingAvg\w*)(?:/|$)")


class Bodies:
    """Every FuncGraph made while this is installed, so that the ops in while and cond bodies keep their stacks."""

    def __init__(self) -> None:
        self.by_name: dict[str, Any] = {}

    def install(self) -> None:
        from tensorflow.python.framework import func_graph

        original, bodies = func_graph.FuncGraph.__init__, self

        def __init__(graph: Any, *args: Any, **kwargs: Any) -> None:
            original(graph, *args, **kwargs)
            bodies.by_name[graph.name] = graph

        func_graph.FuncGraph.__init__ = __init__

    def called_by(self, op: Any) -> list[Any]:
        """The FuncGraphs that an operation calls."""
        found = []
        for value in op.node_def.attr.values():
            for name in [value.func.name] if value.HasField("func") else [func.name for func in value.list.func]:
                graph = self.by_name.get(name) or self.by_name.get(re.sub(r"^__inference_|_\d+$", "", name))
                if graph is not None:
                    found.append(graph)
        return found


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


def describe(graph: Any, live: set[Any], received: set[Any], bodies: Bodies, project: Project) -> list[dict[str, Any]]:
    """The operations of `graph` and of the bodies it calls, as the protocol tells them."""
    training = _training_batch_norms(graph)
    described = []
    for op in graph.get_operations():
        described.append(_describe(op, op in live, op in received, "", op in training, project))
    waiting = [(body, op in live, op in received) for op in graph.get_operations() for body in bodies.called_by(op)]
    done: set[str] = set()
    while waiting:
        body, alive, in_receiver = waiting.pop()
        if body.name in done:
            continue
        done.add(body.name)
        inner = ancestors([tensor.op for tensor in body.outputs] + list(getattr(body, "control_outputs", ())))
        for op in body.get_operations():
            described.append(_describe(op, alive and op in inner, in_receiver, body.name, False, project))
            waiting += [(below, alive and op in inner, in_receiver) for below in bodies.called_by(op)]
    return described


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
            if op.get_attr("is_training") and op.inputs[0].op.type != "Switch":
                fused.add(op)
        match = BATCH_NORM_SCOPE.match(op.name)
        if match and "AssignMovingAvg" in op.name:
            updated.add(match.group(1))
        elif match and op.type == "Mean" and not any(tensor.op.type == "Switch" for tensor in op.inputs):
            moments.append((match.group(1), op))
    return fused | {op for scope, op in moments if scope in updated}
