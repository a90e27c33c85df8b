"""Transposes that keep a batch of one where it is in memory: 1.15's converter makes reshapes of them."""

from __future__ import annotations

from analyzer.reading.record import ApiCall
from analyzer.reading.values import Instance, Sequence, Tensor, Value, constant
from analyzer.tfapi.names import canonical

_ORDER = {
    canonical("tensorflow.transpose"): ("perm", 1),
    "tensorflow.keras.backend.permute_dimensions": ("pattern", 1),
}
_SOFTMAX = frozenset(
    canonical(f"tensorflow.{name}") for name in "nn.softmax nn.log_softmax keras.backend.softmax".split()
)
_SOFTMAX_LAYER = "tensorflow.keras.layers.Softmax.__call__"


def is_reshape_of_one(call: ApiCall) -> bool:
    """Whether a call transposes a tensor of a free batch, and certainly nothing but the batch and axes of size 1 moves.

    A softmax over another axis than the last is computed between two transposes, which exchange the two.
    """
    source = next((value for value in call.arguments.values() if isinstance(value, Tensor)), None)
    if source is None or not source.shape or source.shape[0] is not None:
        return False
    rank = len(source.shape)
    order = _order(call, rank)
    if order is None or order == [*range(rank)]:
        return False
    moving = [axis for axis in order if axis and source.shape[axis] != 1]
    return moving == sorted(moving)


def _order(call: ApiCall, rank: int) -> list[int] | None:
    """The axes in their new order, None where no certain transpose is made."""
    if (named := _ORDER.get(call.name)) is not None:
        return _axes(call.arguments.get(*named), rank)
    if call.name in _SOFTMAX:
        axis = constant(call.arguments.get("axis", 1) or call.arguments.get("dim"), -1)
    elif call.name == _SOFTMAX_LAYER and isinstance(call.owner, Instance):
        axis = constant(call.owner.arguments.get("axis", 0), -1)
    else:
        return None
    if not isinstance(axis, int) or not -rank <= axis < rank:
        return None
    order = [*range(rank)]
    order[axis], order[-1] = order[-1], order[axis]
    return order


def _axes(given: Value | None, rank: int) -> list[int] | None:
    if given is None:
        return [*range(rank)][::-1]
    axes = [constant(item) for item in given.items] if isinstance(given, Sequence) else constant(given)
    return [*axes] if isinstance(axes, (list, tuple)) and sorted(map(str, axes)) == [*map(str, range(rank))] else None
