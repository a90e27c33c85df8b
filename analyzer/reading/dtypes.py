"""Dtypes, however a program spells them: `tf.float32`, `np.float32`, "float32", float."""

from __future__ import annotations

from analyzer.reading.values import Api, Builtin, Const, Value

DTYPES = frozenset(
    "float16 float32 float64 half double bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool bool_ string "
    "complex64 complex128 qint8 quint8 resource variant".split()
)
_DTYPE_NAMES = {
    "half": "float16",
    "double": "float64",
    "bool_": "bool",
    "int": "int64",
    "str": "string",
    "e": "float16",
    "f2": "float16",
    "f": "float32",
    "f4": "float32",
    "d": "float64",
    "f8": "float64",
    "b": "int8",
    "i1": "int8",
    "h": "int16",
    "i2": "int16",
    "i": "int32",
    "i4": "int32",
    "l": "int64",
    "q": "int64",
    "i8": "int64",
    "B": "uint8",
    "u1": "uint8",
    "H": "uint16",
    "u2": "uint16",
    "?": "bool",
}
"""Other names of the same, NumPy's character codes among them."""


def dtype_of(value: Value | None, float_: str = "float32") -> str | None:
    """The dtype that a dtype argument names; `float_`: what Python's float is there, which NumPy takes for float64."""
    match value:
        case Const(value=str(name)):
            name = name.lstrip("<=>|")
        case Api(name=dotted):
            name = dotted.rpartition(".")[2]
        case Builtin(name=name):
            pass
        case _:
            return None
    name = float_ if name == "float" else _DTYPE_NAMES.get(name, name)
    return name if name in DTYPES else None
