"""Dtypes and shapes of what graph-building calls return, where they follow simply from the arguments.

Unknown where they do not: a shape that is not certain must not be claimed.
"""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType

from analyzer.reading import layouts
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.joining import by_default
from analyzer.reading.record import ApiCall
from analyzer.reading.values import (
    NAMED_TUPLE,
    UNKNOWN,
    Api,
    Arguments,
    Array,
    Const,
    Deps,
    Instance,
    Sequence,
    Shape,
    Tensor,
    Value,
    constant,
    is_none,
)
from analyzer.tfapi.names import canonical

BOOL_RESULT = frozenset(
    f"tensorflow.math.{name}"
    for name in (
        "equal not_equal less less_equal greater greater_equal logical_and logical_or logical_not is_nan is_inf "
        "is_finite reduce_any reduce_all in_top_k"
    ).split()
)
INDEX_RESULT = frozenset({"tensorflow.math.argmax", "tensorflow.math.argmin", "tensorflow.argmax", "tensorflow.argmin"})
ELEMENTWISE = frozenset(
    f"tensorflow.{name}"
    for name in """
    identity stop_gradient zeros_like ones_like clip_by_value ensure_shape nn.relu nn.relu6 nn.elu nn.selu nn.leaky_relu
    nn.softmax nn.log_softmax nn.dropout nn.softsign nn.softplus nn.swish nn.l2_normalize nn.batch_normalization sigmoid
    math.abs math.add math.add_n math.subtract math.multiply math.divide math.truediv math.floordiv math.maximum
    math.minimum math.exp math.log math.log1p math.sqrt math.rsqrt math.square math.pow math.negative math.sign
    math.tanh math.sigmoid
    math.sin math.cos math.floor math.ceil math.round math.erf math.softplus math.l2_normalize math.reciprocal math.mod
    math.floormod math.squared_difference tanh layers.dropout layers.batch_normalization nn.tanh nn.sigmoid
    math.logical_not contrib.layers.dropout contrib.layers.batch_norm contrib.layers.layer_norm nn.gelu math.cumsum
    quantization.fake_quant_with_min_max_args debugging.check_numerics reverse debugging.Print Print
    """.split()
)
ELEMENTWISE_LAYERS = frozenset(
    f"tensorflow.keras.layers.{name}"
    for name in (
        "Dropout BatchNormalization LayerNormalization ReLU LeakyReLU ELU Softmax Activation GaussianNoise InputLayer "
        "Masking"
    ).split()
) | {"tensorflow.layers.Dropout", "tensorflow.layers.BatchNormalization"}
DENSE = frozenset(
    {"tensorflow.layers.dense", "tensorflow.contrib.layers.fully_connected", "tensorflow.contrib.layers.linear"}
)
RECURRENT_LAYERS = frozenset(f"tensorflow.keras.layers.{name}" for name in ("LSTM", "GRU", "SimpleRNN"))
TIME_DISTRIBUTED = "tensorflow.keras.layers.TimeDistributed"
BIDIRECTIONAL = "tensorflow.keras.layers.Bidirectional"
DENSE_LAYERS = frozenset({"tensorflow.layers.Dense", "tensorflow.keras.layers.Dense"})
RANDOM = frozenset(f"tensorflow.random.{name}" for name in "normal uniform truncated_normal".split()) | {
    "tensorflow.zeros",
    "tensorflow.ones",
    "tensorflow.fill",
}

BOOL_RESULT, INDEX_RESULT, ELEMENTWISE, RANDOM = (
    frozenset(canonical(name) for name in names) for names in (BOOL_RESULT, INDEX_RESULT, ELEMENTWISE, RANDOM)
)


def as_value(shape: Shape) -> Value:
    """A shape as the program sees it."""
    if shape is None:
        return UNKNOWN
    return Sequence("list", [UNKNOWN if size is None else Const(size) for size in shape])


def from_value(value: Value | None) -> Shape:
    """The shape an argument spells; None where its rank is not known."""
    match value:
        case Sequence() if value.complete:
            return tuple(size if isinstance(size := constant(by_default(item)), int) else None for item in value.items)
        case Const(value=int(size)):
            return (size,)
        case Const(value=tuple() | list() as sizes):
            return tuple(size if isinstance(size, int) else None for size in sizes)
        case Tensor():
            return value.sizes
        case _:
            return None


def shape_of(value: Value | None) -> Shape:
    match value:
        case Tensor() | Array():
            return value.shape
        case Const(value=int() | float() | bool()):
            return ()
        case Sequence() if value.complete:
            inner = shape_of(value.items[0]) if value.items else ()
            return None if inner is None else (len(value.items), *inner)
        case _:
            return None


def broadcast(left: Value, right: Value) -> Shape:
    """The shape of a binary operation, by NumPy's rules."""
    a, b = shape_of(left), shape_of(right)
    if a is None or b is None:
        return None
    width = max(len(a), len(b))
    sizes: list[int | None] = []
    for one, two in zip((1,) * (width - len(a)) + a, (1,) * (width - len(b)) + b, strict=True):
        sizes.append(two if one == 1 else one if two == 1 or one == two else None)
    return tuple(sizes)


def sliced(shape: Shape, key: Value) -> Shape:
    """The shape of `tensor[key]`."""
    if shape is None:
        return None
    keys = key.items if isinstance(key, Sequence) else [key]
    sizes: list[int | None] = []
    rest = list(shape)
    for index, part in enumerate(keys):
        match part:
            case Const(value=None) | Api(name="tensorflow.newaxis" | "numpy.newaxis"):
                sizes.append(1)
            case Const(value=EllipsisType()):
                behind = sum(_takes_axis(other) for other in keys[index + 1 :])
                while len(rest) > behind:
                    sizes.append(rest.pop(0))
            case Const(value=bool()):
                return None
            case Const(value=int()) if rest:
                rest.pop(0)
            case Const(value=slice() as cut) if rest:
                size = rest.pop(0)
                whole = cut == slice(None)
                sizes.append(size if whole or size is None else len(range(*cut.indices(size))))
            case _:
                return None
    return (*sizes, *rest)


def _takes_axis(key: Value) -> bool:
    """Whether a part of an index speaks of an axis that is there."""
    return not (isinstance(key, Const) and key.value is None) and not isinstance(key, Api)


def _first(arguments: Arguments) -> Value | None:
    return next(iter(arguments.values()), None)


def _first_tensor(arguments: Arguments) -> Tensor | None:
    return next((value for value in arguments.values() if isinstance(value, Tensor)), None)


def result(call: ApiCall, deps: Deps) -> Value:
    """What a graph-building call returns."""
    if (rule := _RULES.get(call.name) or layouts.LAYOUTS.get(call.name)) is not None:
        return rule(call, deps)
    source = _first_tensor(call.arguments)
    if call.name in BOOL_RESULT:
        return Tensor(deps, "bool", source.shape if source and "reduce" not in call.name else None, _equal(call))
    if call.name in INDEX_RESULT:
        return Tensor(deps, dtype_of(call.arguments.get("output_type")) or "int64", layouts.without_axis(call))
    if call.name in ELEMENTWISE:
        values = [value for value in call.arguments.positional if isinstance(value, Tensor)]
        shape = broadcast(*call.arguments.positional[:2]) if len(values) > 1 else source.shape if source else None
        return Tensor(deps, source.dtype if source else None, shape, origin=source.origin if source else None)
    if call.name in DENSE:
        return _dense(source, call.arguments.get("units", 1) or call.arguments.get("num_outputs", 1), deps)
    if call.name in RANDOM:
        return _filled(call, deps)
    return Tensor(deps, source.dtype if source and source.dtype and source.dtype.startswith("float") else None)


def _equal(call: ApiCall) -> bool | None:
    """The answer of a comparison of two constants ("training=tf.equal(mode, 'train')")."""
    if call.name not in ("tensorflow.math.equal", "tensorflow.math.not_equal") or len(call.arguments.positional) != 2:
        return None
    left, right = (constant(value) for value in call.arguments.positional)
    if left is None or right is None:
        return None
    return (left == right) is (call.name == "tensorflow.math.equal")


def _dense(source: Tensor | None, units: Value | None, deps: Deps) -> Tensor:
    shape = source.shape if source else None
    size = constant(units)
    width = size if isinstance(size, int) else None
    return Tensor(deps, source.dtype if source else None, (*shape[:-1], width) if shape else None)


def layer_result(name: str, constructor: Arguments, call: ApiCall, deps: Deps) -> Tensor:
    """What calling a layer object returns."""
    source = _first_tensor(call.arguments)
    layer = constructor.get("layer", 0) if name == TIME_DISTRIBUTED else None
    if isinstance(layer, Instance) and layer.api in DENSE_LAYERS:
        name, constructor = layer.api, layer.arguments
    if name in DENSE_LAYERS:
        return _dense(source, constructor.get("units", 0), deps)
    if name.endswith(".Flatten"):
        return layouts.flattened(source, deps)
    if name.rpartition(".")[2].startswith(("Conv1D", "Conv2D", "Conv3D", "MaxPool", "AveragePool", "SeparableConv")):
        filters = None if "Pool" in name else constructor.get("filters", 0)
        return layouts.spatial(source, filters, deps)
    if (shape := _recurrent(name, constructor, source)) is not None:
        return Tensor(deps, source.dtype if source else None, shape)
    if name in ELEMENTWISE_LAYERS:
        return Tensor(deps, source.dtype if source else None, source.shape if source else None)
    return Tensor(deps, source.dtype if source else None)


def _recurrent(name: str, constructor: Arguments, source: Tensor | None) -> Shape:
    """The shape of what a recurrent layer gives alone, without its states."""
    if name == BIDIRECTIONAL and isinstance(layer := constructor.get("layer", 0), Instance):
        one = _recurrent(layer.api, layer.arguments, source)
        joined = constructor.get("merge_mode", 1) is None
        return (*one[:-1], one[-1] * 2 if joined and one[-1] is not None else None) if one is not None else None
    if name not in RECURRENT_LAYERS or source is None or not source.shape or len(source.shape) != 3:
        return None
    units = constant(constructor.get("units", 0))
    every, states = (constant(constructor.get(f"return_{what}") or Const(False)) for what in ("sequences", "state"))
    if states is not False or not isinstance(every, bool):
        return None
    return (*source.shape[: 2 if every else 1], units if isinstance(units, int) else None)


def _filled(call: ApiCall, deps: Deps) -> Tensor:
    dtype = dtype_of(call.arguments.get("dtype", 1)) or "float32"
    return Tensor(deps, dtype, from_value(call.arguments.get("shape", 0) or call.arguments.get("dims", 0)))


def _placeholder(call: ApiCall, deps: Deps) -> Tensor:
    dtype = dtype_of(call.arguments.get("dtype", 0))
    given = call.arguments.get("shape", 1)
    shape = None if given is None or is_none(given) else from_value(given)
    return Tensor(deps, dtype, shape, placeholder=True)


def _placeholder_with_default(call: ApiCall, deps: Deps) -> Tensor:
    source = call.arguments.get("input", 0)
    dtype = source.dtype if isinstance(source, (Tensor, Array)) else None
    return Tensor(deps, dtype, from_value(call.arguments.get("shape", 1)), placeholder=True)


def _keras_input(call: ApiCall, deps: Deps) -> Tensor:
    shape = from_value(call.arguments.get("shape", 0))
    dtype = dtype_of(call.arguments.get("dtype")) or "float32"
    return Tensor(deps, dtype, None if shape is None else (None, *shape), placeholder=True)


def _cast(call: ApiCall, deps: Deps) -> Tensor:
    source = call.arguments.get("x", 0) or call.arguments.get("image")
    return Tensor(deps, dtype_of(call.arguments.get("dtype", 1)), shape_of(source))


def _cast_to(dtype: str) -> Callable[[ApiCall, Deps], Tensor]:
    return lambda call, deps: Tensor(deps, dtype, shape_of(_first(call.arguments)))


def _constant(call: ApiCall, deps: Deps) -> Tensor:
    source = call.arguments.get("value", 0)
    dtype = dtype_of(call.arguments.get("dtype", 1)) or dtype_of_content(source)
    content = constant(source)
    return Tensor(deps, dtype, from_value(call.arguments.get("shape", 2)) or shape_of(source), content)


def dtype_of_content(value: Value | None) -> str | None:
    """The dtype TensorFlow gives to a Python value."""
    match value:
        case Const(value=bool()):
            return "bool"
        case Const(value=int()):
            return "int32"
        case Const(value=float()):
            return "float32"
        case Const(value=str() | bytes()):
            return "string"
        case Tensor() | Array():
            return value.dtype
        case Sequence() if value.items:
            found = {dtype_of_content(item) for item in value.items}
            return "float32" if found == {"int32", "float32"} else found.pop() if len(found) == 1 else None
        case _:
            return None


def _reshape(call: ApiCall, deps: Deps) -> Tensor:
    source = call.arguments.get("tensor", 0)
    sizes = from_value(call.arguments.get("shape", 1))
    shape = tuple(None if size is not None and size < 0 else size for size in sizes) if sizes is not None else None
    return Tensor(deps, source.dtype if isinstance(source, Tensor) else None, shape)


def _one_hot(call: ApiCall, deps: Deps) -> Tensor:
    shape, depth = shape_of(call.arguments.get("indices", 0)), constant(call.arguments.get("depth", 1))
    dtype = dtype_of(call.arguments.get("dtype", 5)) or "float32"
    return Tensor(deps, dtype, (*shape, depth) if shape is not None and isinstance(depth, int) else None)


def _lookup(call: ApiCall, deps: Deps) -> Tensor:
    table, ids = call.arguments.get("params", 0), call.arguments.get("ids", 1) or call.arguments.get("indices", 1)
    rows, columns = shape_of(ids), shape_of(table)
    dtype = table.dtype if isinstance(table, Tensor) else None
    return Tensor(deps, dtype, (*rows, *columns[1:]) if rows is not None and columns else None)


def _variable(call: ApiCall, deps: Deps) -> Tensor:
    shape = from_value(call.arguments.get("shape", 1))
    return Tensor(deps, dtype_of(call.arguments.get("dtype", 2)) or "float32", shape)


def _expand(call: ApiCall, deps: Deps) -> Tensor:
    source = call.arguments.get("input", 0)
    axis = constant(call.arguments.get("axis", 1) or call.arguments.get("dim", 1))
    shape = shape_of(source)
    if shape is not None and isinstance(axis, int):
        at = axis if axis >= 0 else len(shape) + 1 + axis
        shape = (*shape[:at], 1, *shape[at:])
    else:
        shape = None
    return Tensor(deps, source.dtype if isinstance(source, Tensor) else None, shape)


def _split(call: ApiCall, deps: Deps) -> Value:
    source = call.arguments.get("value", 0)
    dtype = source.dtype if isinstance(source, Tensor) else None
    count = constant(
        call.arguments.get("num_or_size_splits", 1) if call.name.endswith("split") else call.arguments.get("num", 1)
    )
    given = call.arguments.get("num_or_size_splits", 1)
    if not isinstance(count, int) and isinstance(given, Sequence) and given.complete:
        count = len(given.items)
    if not isinstance(count, int) and call.name.endswith("unstack"):
        shape, axis = shape_of(source), constant(call.arguments.get("axis", 2), 0)
        count = shape[axis] if shape and isinstance(axis, int) and -len(shape) <= axis < len(shape) else None
    if isinstance(count, int) and 0 < count <= 256:
        parts = layouts.parts(call, shape_of(source), count)
        return Sequence("list", [Tensor(deps, dtype, parts, output=index) for index in range(count)], deps=deps)
    return Sequence("list", [Tensor(deps, dtype)], complete=False, deps=deps)


def _tuple_of(size: int, one_op: bool = True) -> Callable[[ApiCall, Deps], Value]:
    """Several results, which are the outputs of one op or of several ops."""
    numbers = range(size) if one_op else [0] * size
    return lambda call, deps: Sequence("tuple", [Tensor(deps, output=number) for number in numbers], deps=deps)


def _top_k(call: ApiCall, deps: Deps) -> Value:
    source, k = shape_of(call.arguments.get("input", 0)), constant(call.arguments.get("k", 1), 1)
    shape = (*source[:-1], k if isinstance(k, int) else None) if source else None
    names = {"values": Tensor(deps, "float32", shape), "indices": Tensor(deps, "int32", shape, output=1)}
    return Instance(NAMED_TUPLE, -1, call.arguments, deps, attributes={**names})


def _svd(call: ApiCall, deps: Deps) -> Value:
    alone = constant(call.arguments.get("compute_uv", 2)) is False
    return Tensor(deps) if alone else _tuple_of(3)(call, deps)


def _shape(call: ApiCall, deps: Deps) -> Tensor:
    dtype = dtype_of(call.arguments.get("out_type", 2)) or "int32"
    return Tensor(deps, dtype, None, sizes=shape_of(call.arguments.get("input", 0)))


def _typed(dtype: str) -> Callable[[ApiCall, Deps], Tensor]:
    return lambda call, deps: Tensor(deps, dtype, shape_of(_first(call.arguments)))


def _open_list(call: ApiCall, deps: Deps) -> Value:
    return Sequence("list", [], complete=False, deps=deps)


def _where(call: ApiCall, deps: Deps) -> Tensor:
    chosen = call.arguments.get("x", 1)
    if chosen is None:
        return Tensor(deps, "int64")
    return Tensor(deps, chosen.dtype if isinstance(chosen, Tensor) else None, shape_of(chosen))


_RULES: dict[str, Callable[[ApiCall, Deps], Value]] = {
    "tensorflow.placeholder": _placeholder,
    "tensorflow.sparse_placeholder": lambda call, deps: Tensor(deps, dtype_of(call.arguments.get("dtype", 0))),
    "tensorflow.placeholder_with_default": _placeholder_with_default,
    "tensorflow.keras.Input": _keras_input,
    "tensorflow.cast": _cast,
    "tensorflow.image.convert_image_dtype": _cast,
    "tensorflow.constant": _constant,
    "tensorflow.convert_to_tensor": _constant,
    "tensorflow.reshape": _reshape,
    "tensorflow.one_hot": _one_hot,
    "tensorflow.nn.embedding_lookup": _lookup,
    "tensorflow.gather": _lookup,
    "tensorflow.get_variable": _variable,
    "tensorflow.expand_dims": _expand,
    "tensorflow.split": _split,
    "tensorflow.unstack": _split,
    "tensorflow.shape": _shape,
    "tensorflow.size": _shape,
    "tensorflow.rank": _shape,
    "tensorflow.range": _shape,
    "tensorflow.where": _where,
    "tensorflow.nn.moments": _tuple_of(2, one_op=False),
    "tensorflow.math.top_k": _top_k,
    "tensorflow.nn.top_k": _top_k,
    "tensorflow.unique": _tuple_of(2),
    "tensorflow.unique_with_counts": _tuple_of(3),
    "tensorflow.nn.max_pool_with_argmax": _tuple_of(2),
    "tensorflow.nn.fused_batch_norm": _tuple_of(3),
    "tensorflow.linalg.svd": _svd,
    "tensorflow.linalg.qr": _tuple_of(2),
    "tensorflow.linalg.eigh": _tuple_of(2),
    "tensorflow.nn.static_rnn": _tuple_of(2, one_op=False),
    "tensorflow.strings.to_number": _typed("float32"),
    "tensorflow.strings.to_hash_bucket_fast": _typed("int64"),
    "tensorflow.strings.length": _typed("int32"),
    "tensorflow.strings.as_string": _typed("string"),
    "tensorflow.io.decode_raw": lambda call, deps: Tensor(deps, dtype_of(call.arguments.get("out_type", 1))),
    "tensorflow.get_collection": _open_list,
    "tensorflow.trainable_variables": _open_list,
    "tensorflow.global_variables": _open_list,
    "tensorflow.gradients": _open_list,
    **{
        f"tensorflow.to_{name}": _cast_to(dtype)
        for name, dtype in (("float", "float32"), ("double", "float64"), ("int32", "int32"), ("int64", "int64"))
    },
}
_RULES = {canonical(name): rule for name, rule in _RULES.items()}
