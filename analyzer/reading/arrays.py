"""NumPy, as far as training data needs it: dtypes, and where they were decided."""

from __future__ import annotations

from analyzer.findings import Span
from analyzer.reading import shapes
from analyzer.reading.dtypes import DTYPES, dtype_of
from analyzer.reading.values import (
    UNKNOWN,
    Arguments,
    Array,
    Const,
    Instance,
    Sequence,
    Tensor,
    Value,
    constant,
    deps_of,
    is_none,
)

_FLOAT64 = frozenset(
    "rand randn uniform normal random random_sample linspace zeros ones full empty eye identity standard_normal gamma "
    "beta exponential logspace".split()
)
_INT64 = frozenset("randint random_integers argsort argmax argmin permutation bincount".split())
FLOAT = "float64"
"""What Python's float is to NumPy."""
DTYPE_AT = {
    "array": 1, "asarray": 1, "ascontiguousarray": 1, "zeros": 1, "ones": 1, "empty": 1, "identity": 1, "full": 2,
    "eye": 3, "arange": 3, "linspace": 5,
}  # fmt: skip
"""At which position NumPy's functions take a dtype."""
_SIZED = frozenset("rand randn".split())
_KEEPS = frozenset(
    "reshape flatten ravel copy transpose squeeze clip sum mean max min swapaxes repeat tolist take cumsum".split()
)


def call(name: str, arguments: Arguments, span: Span) -> Value:
    """A call of a numpy function."""
    short = name.rpartition(".")[2]
    if short in ("RandomState", "default_rng"):
        return Instance(name, -1, arguments, span=span)
    if short in DTYPES:
        source = arguments.positional[0] if arguments.positional else None
        return Array(dtype_of(Const(short)), shapes.shape_of(source), span, deps_of(source))
    asked = arguments.get("dtype", DTYPE_AT.get(short))
    dtype = dtype_of(asked, FLOAT)
    if dtype is None and asked is not None and not is_none(asked):
        return Array(None, None, span, frozenset().union(*(deps_of(value) for value in arguments.values())))
    source = arguments.get("object", 0) or arguments.get("a", 0)
    if short in ("array", "asarray", "ascontiguousarray", "arange"):
        return _array(dtype, source, short, span)
    made = random_method(short, arguments, span)
    if short == "full" and dtype is None and isinstance(made, Array):
        return _array(None, arguments.get("fill_value", 1), short, span)
    if isinstance(made, Array):
        return Array(dtype or made.dtype, made.shape, span)
    given = _first_array(arguments)
    if given is not None:
        return Array(dtype or given.dtype, None, given.origin, given.deps)
    deps = frozenset().union(*(deps_of(value) for value in arguments.values()))
    return Tensor(deps) if deps else UNKNOWN


def _first_array(arguments: Arguments) -> Array | None:
    for value in arguments.values():
        inner = value.items if isinstance(value, Sequence) else [value]
        for item in inner:
            if isinstance(item, Array):
                return item
    return None


def _array(dtype: str | None, source: Value | None, short: str, span: Span) -> Value:
    if isinstance(source, Array):
        return Array(dtype or source.dtype, source.shape, span if dtype else source.origin, source.deps)
    if short == "arange":
        found = (
            "float64" if isinstance(constant(source), float) else "int64" if isinstance(constant(source), int) else None
        )
        return Array(dtype or found, None, span)
    content = shapes.dtype_of_content(source)
    found = {"float32": "float64", "int32": "int64"}.get(content or "", content)
    return Array(dtype or found, shapes.shape_of(source), span, deps_of(source))


def random_method(short: str, arguments: Arguments, span: Span) -> Value:
    """A method of a random generator, or the numpy function of the same name."""
    if short in _FLOAT64:
        sizes = [constant(value) for value in arguments.positional]
        known = short in _SIZED and all(isinstance(size, int) for size in sizes)
        shape = (
            tuple(sizes)
            if known
            else shapes.from_value(
                arguments.get("size") or arguments.get("shape", 0 if short in ("zeros", "ones", "empty") else None)
            )
        )
        return Array(_dtype_or("float64", arguments), shape, span)
    if short in _INT64:
        return Array(_dtype_or("int64", arguments), None, span)
    return UNKNOWN


def _dtype_or(default: str, arguments: Arguments) -> str | None:
    """The dtype that is asked for, a default where none is; None where what is asked for is not known."""
    asked = arguments.get("dtype")
    return default if asked is None or is_none(asked) else dtype_of(asked, FLOAT)


def method(owner: Array, name: str, arguments: Arguments, span: Span) -> Value:
    """A method of an array."""
    if name == "astype":
        dtype = dtype_of(arguments.get("dtype", 0), FLOAT)
        return Array(dtype, owner.shape, span, owner.deps)
    if name in _KEEPS:
        shape = None
        if name == "reshape":
            sizes = (
                arguments.positional[0]
                if len(arguments.positional) == 1
                else Sequence("list", list(arguments.positional))
            )
            shape = shapes.from_value(sizes)
            shape = tuple(None if size is not None and size < 0 else size for size in shape) if shape else None
        return Array(owner.dtype, owner.shape if name == "copy" else shape, owner.origin, owner.deps)
    return UNKNOWN
