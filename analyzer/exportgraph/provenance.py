"""Which calls of a model depend on what the caller sends: the rest is computed once, and folded by every converter."""

from __future__ import annotations

from analyzer.exportgraph.graph import Model
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Choice, Mapping, Sequence, Tensor, Value, deps_of

INPUTS = frozenset(
    f"tensorflow.{name}"
    for name in "placeholder placeholder_with_default sparse_placeholder keras.Input data.Iterator.get_next".split()
)
STATE = frozenset({"tensorflow.get_variable", "tensorflow.Variable", "tensorflow.train.get_global_step"})


def fed_calls(model: Model) -> frozenset[int]:
    """The ids of the calls that an input of the model reaches."""
    fed: set[int] = set()
    for call in model.calls:
        if call.name in INPUTS or call.deps & fed or any(_holds_input(value) for value in _given(call)):
            fed.add(call.id)
    return frozenset(fed)


def output_slice(model: Model) -> frozenset[int]:
    """The ids of the calls that outputs are computed from; what only runs beside them is not among them."""
    by_id = {call.id: call for call in model.calls}
    pending = list(deps_of(model.predictions) | deps_of(model.export_outputs))
    found: set[int] = set()
    while pending:
        number = pending.pop()
        if number in found or (call := by_id.get(number)) is None:
            continue
        found.add(number)
        pending += call.deps if call.inner else frozenset().union(*(deps_of(value) for value in _given(call)))
    return frozenset(found)


def _given(call: ApiCall) -> list[Value]:
    return [*call.arguments.values(), *([call.owner] if call.owner is not None else [])]


def _holds_input(value: Value, depth: int = 3) -> bool:
    """Whether a value holds a tensor that no call made: a feature whose receiver is built by TensorFlow, or unknown."""
    match value:
        case Tensor():
            return not value.deps and value.content is None
        case Sequence() if depth:
            return any(_holds_input(item, depth - 1) for item in value.items)
        case Mapping() if depth:
            return any(_holds_input(item, depth - 1) for item in value.entries.values())
        case Choice() if depth:
            return any(_holds_input(option, depth - 1) for option in value.options)
        case _:
            return False
