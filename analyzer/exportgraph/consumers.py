"""What takes the result of a call: 1.15's converter drops a regrouping that only products of matrices take.

And it joins two reshapes with nothing but an activation between them to the second.
"""

from __future__ import annotations

from collections.abc import Callable

from analyzer.exportgraph.graph import Model
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Sequence, Tensor, constant, deps_of
from analyzer.tfapi.names import canonical

PRODUCTS = frozenset(
    canonical(f"tensorflow.{name}")
    for name in "layers.dense layers.Dense.__call__ keras.layers.Dense.__call__ contrib.layers.fully_connected "
    "contrib.layers.linear linalg.matmul".split()
) | {"operator.matmul"}
PASSING = frozenset(
    canonical(f"tensorflow.{name}")
    for name in "identity cast nn.relu nn.relu6 nn.elu nn.leaky_relu tanh sigmoid nn.sigmoid nn.tanh exp math.log "
    "square abs layers.dropout contrib.layers.dropout layers.Dropout.__call__ keras.layers.Dropout.__call__ "
    "keras.layers.ReLU.__call__ keras.layers.LeakyReLU.__call__".split()
)
"""Elementwise calls of one tensor that were measured to change nothing about it."""
ACTIVATIONS = frozenset(canonical(f"tensorflow.{name}") for name in "nn.relu tanh nn.tanh".split())
FLATTENING = frozenset(
    canonical(f"tensorflow.{name}")
    for name in "layers.flatten contrib.layers.flatten layers.Flatten.__call__ keras.layers.Flatten.__call__".split()
)
WITH_NUMBER = frozenset({"operator.add", "operator.sub", "operator.mul", "operator.truediv"})
"""Operators that change nothing where the other operand is no tensor."""


class Consumers:
    """The exported calls of a model by the calls whose results they take."""

    def __init__(self, model: Model) -> None:
        self._outputs = deps_of(model.predictions) | deps_of(model.export_outputs)
        self._of: dict[int, list[ApiCall]] = {}
        self._flattened = {call.id for call in model.calls if call.name in FLATTENING}
        for call in model.calls:
            if model.is_exported(call):
                for dep in call.deps:
                    self._of.setdefault(dep, []).append(call)

    def are_products(self, call: ApiCall) -> bool:
        """Whether nothing but products of matrices takes its result, elementwise calls in between aside."""
        return self._are_all(call, lambda taker: taker.name in PRODUCTS, self._passes)

    def are_reshapes(self, call: ApiCall) -> bool:
        """Whether nothing but reshapes to [-1, ...] takes its result, activations that were measured aside."""
        return self._are_all(call, keeps_batch, lambda taker: taker.name in ACTIVATIONS)

    def _are_all(self, call: ApiCall, ends: Callable[[ApiCall], bool], passes: Callable[[ApiCall], bool]) -> bool:
        takers = self._of.get(call.id, [])
        if not takers or call.id in self._outputs:
            return False
        return all(ends(taker) or (passes(taker) and self._are_all(taker, ends, passes)) for taker in takers)

    def _passes(self, call: ApiCall) -> bool:
        """Whether an elementwise call changes nothing about it: of one tensor, or of two that are both flattened."""
        if call.name in WITH_NUMBER:
            tensors = [value for value in call.arguments.values() if isinstance(value, Tensor)]
            return len(tensors) == 1 or all(tensor.deps and tensor.deps <= self._flattened for tensor in tensors)
        return call.name in PASSING


def keeps_batch(call: ApiCall) -> bool:
    """A reshape to [-1, ...]."""
    shape = call.arguments.get("shape", 1) if call.name == "tensorflow.reshape" else None
    return isinstance(shape, Sequence) and bool(shape.items) and constant(shape.items[0]) == -1
