"""TensorArrays: what is written to one and read from one in a loop of the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading import shapes
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.values import Arguments, Deps, Env, Instance, Shape, Tensor, Value, constant

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

TENSOR_ARRAY = "tensorflow.TensorArray"
WRITES = frozenset({"write", "unstack", "scatter", "split"})
READS = frozenset({"read", "stack", "gather", "concat"})


def is_array(value: Value | None) -> bool:
    return isinstance(value, Instance) and value.api == TENSOR_ARRAY


def after(owner: Instance, deps: Deps, shape: Shape = None) -> Instance:
    """The same array, as it is after these calls; `shape`: that of what was written."""
    known = shape if shape is not None else shapes.from_value(owner.attributes.get("element"))
    attributes: dict[str, Value] = {} if known is None else {"element": shapes.as_value(known)}
    return Instance(owner.api, owner.call, owner.arguments, owner.deps | deps, owner.span, attributes=attributes)


def grows(owner: Instance) -> bool:
    """Whether it may hold more elements than it was made for."""
    return constant(owner.arguments.get("dynamic_size", 2), False) is not False


def method(
    run: Interpreter, owner: Instance, name: str, arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value | None:
    """A method of a TensorArray; None for one that makes no op."""
    if name not in WRITES | READS:
        return None
    call = run.add_call(f"{TENSOR_ARRAY}.{name}", "", arguments, env.module.span(node), owner=owner)
    deps = frozenset({call.id})
    element = shapes.from_value(owner.attributes.get("element"))
    if name in WRITES:
        given = shapes.shape_of(arguments.get("value", 1 if name in ("write", "scatter") else 0))
        return after(owner, deps, given if name == "write" else given[1:] if given else None)
    if name in ("stack", "gather") and element is not None:
        size = constant(owner.arguments.get("size", 1)) if name == "stack" else None
        element = (size if isinstance(size, int) else None, *element)
    elif name == "concat":
        element = None
    return Tensor(deps, dtype_of(owner.arguments.get("dtype", 0)), element)
