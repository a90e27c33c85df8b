"""Which row of `support.json` a call is: some APIs were measured several ways, because an argument decides."""

from __future__ import annotations

from collections.abc import Mapping
from types import EllipsisType

from analyzer.reading.dtypes import dtype_of
from analyzer.reading.record import ApiCall
from analyzer.reading.shapes import shape_of
from analyzer.reading.values import Api, Const, Sequence, Tensor, Value, constant
from analyzer.tfapi.support import measured_names

NEW_AXIS = frozenset({"tensorflow.newaxis", "numpy.newaxis"})
_RESIZE_BY_NUMBER: Mapping[object, str] = {0: "bilinear", 1: "nearest", 2: "bicubic", 3: "area"}


def row_of(call: ApiCall) -> tuple[str, bool] | None:
    """The key of the row that speaks of a call, and whether it was measured just so; None where no row does."""
    name = call.name.removesuffix(".__call__")
    if name == call.name and name.rpartition(".")[2][:1].isupper():
        return None
    variant = _VARIANTS[name](call) if name in _VARIANTS else ""
    if variant is None:
        return None
    key = f"{name}[{variant}]" if variant else name
    return (key, bool(variant)) if key in measured_names() else None


def _getitem(call: ApiCall) -> str | None:
    key = call.arguments.get("key", 1)
    parts = key.items if isinstance(key, Sequence) else [key]
    ellipsis = any(isinstance(part, Const) and isinstance(part.value, EllipsisType) for part in parts)
    new_axis = any(_is_new_axis(part) for part in parts)
    cuts = [part.value for part in parts if isinstance(part, Const) and isinstance(part.value, slice)]
    if ellipsis:
        return "ellipsis,newaxis" if new_axis else "ellipsis"
    if new_axis:
        # TOCO refuses more parts than the tensor has axes; what it does convert, its interpreter refuses.
        shape = shape_of(call.arguments.get("a", 0))
        too_many = any(cut != slice(None) for cut in cuts) if shape is None else len(parts) > len(shape)
        return "newaxis,slice" if too_many else "newaxis"
    if any(isinstance(part, Tensor) and part.dtype == "bool" for part in parts):
        return "mask"
    if not all(isinstance(part, Const) for part in parts):
        return None
    if len(parts) >= 6:
        return "6d"
    steps = {cut.step for cut in cuts if cut.step not in (None, 1)}
    return ("reverse" if min(steps) < 0 else "stride") if steps else ""


def _is_new_axis(part: Value | None) -> bool:
    return (isinstance(part, Const) and part.value is None) or (isinstance(part, Api) and part.name in NEW_AXIS)


def _resize(call: ApiCall) -> str:
    given = call.arguments.get("method", 2)
    method = given.name.rpartition(".")[2].lower() if isinstance(given, Api) else constant(given, "bilinear")
    method = _RESIZE_BY_NUMBER.get(method, str(method)).removesuffix("_neighbor")
    second = "compat.v2" in call.spelled
    if constant(call.arguments.get("antialias"), False):
        return "v2 antialias"
    if method == "bilinear":
        return "v2" if second else ""
    return f"v2 {method}" if second or method.startswith(("lanczos", "gaussian", "mitchell")) else method


def _cast(call: ApiCall) -> str:
    """Casts to these were measured apart; the others by what is cast."""
    to = dtype_of(call.arguments.get("dtype", 1))
    return to if to in ("float64", "bfloat16") else ""


def _svd(call: ApiCall) -> str:
    return "values" if constant(call.arguments.get("compute_uv", 2), True) is False else ""


def _searchsorted(call: ApiCall) -> str:
    return "right" if constant(call.arguments.get("side", 2), "left") == "right" else ""


def _where(call: ApiCall) -> str | None:
    return "indices" if call.arguments.get("x", 1) is None else ""


_VARIANTS = {
    "operator.getitem": _getitem,
    "tensorflow.image.resize": _resize,
    "tensorflow.dtypes.cast": _cast,
    "tensorflow.linalg.svd": _svd,
    "tensorflow.searchsorted": _searchsorted,
    "tensorflow.where": _where,
}
