"""Shapes of what layers, reductions and rearrangements return: rank and batch at least, where the arguments tell."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from analyzer.reading.joining import by_default
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Const, Deps, Sequence, Shape, Tensor, Value, constant
from analyzer.tfapi.names import canonical


def _source(call: ApiCall, *names: str) -> Tensor | None:
    """The tensor that is rearranged: the first argument, by position or by one of its names."""
    given = call.arguments.positional[0] if call.arguments.positional else None
    for name in names:
        given = given if given is not None else call.arguments.get(name)
    return given if isinstance(given, Tensor) else None


def _axes(value: Value | None, rank: int) -> set[int] | None:
    """Axes as a call names them, counted from the front; None where they are not known."""
    if isinstance(value, Sequence):
        found = [constant(item) for item in value.items]
    else:
        given = constant(value)
        found = list(given) if isinstance(given, (list, tuple, range)) else [given]
    if not found or not all(isinstance(axis, int) and -rank <= axis < rank for axis in found):
        return None
    return {axis % rank for axis in found}


def _concat(call: ApiCall, deps: Deps) -> Tensor:
    values, axis = call.arguments.get("values", 0), constant(call.arguments.get("axis", 1))
    parts = values.items if isinstance(values, Sequence) and values.complete else []
    tensors = [part for part in parts if isinstance(part, Tensor)]
    dtype = tensors[0].dtype if tensors else None
    shapes = [tensor.shape for tensor in tensors]
    known = [shape for shape in shapes if shape is not None]
    rank = len(known[0]) if known else 0
    if len(known) != len(parts) or not known or any(len(shape) != rank for shape in known):
        return Tensor(deps, dtype)
    if not isinstance(axis, int) or not -rank <= axis < rank:
        return Tensor(deps, dtype)
    sizes: list[int | None] = []
    for index in range(rank):
        column = [shape[index] for shape in known]
        if index == axis % rank:
            sizes.append(None if None in column else sum(size or 0 for size in column))
        else:
            sizes.append(next((size for size in column if size is not None), None))
    return Tensor(deps, dtype, tuple(sizes))


def _stack(call: ApiCall, deps: Deps) -> Tensor:
    values, axis = call.arguments.get("values", 0), constant(call.arguments.get("axis", 1), 0)
    parts = values.items if isinstance(values, Sequence) and values.complete else []
    first = parts[0] if parts else None
    held = tuple(size if isinstance(size := constant(by_default(part)), int) else None for part in parts)
    if any(size is not None for size in held):
        return Tensor(deps, "int32", (len(parts),), sizes=held)
    if not isinstance(first, Tensor) or first.shape is None or not isinstance(axis, int):
        return Tensor(deps, first.dtype if isinstance(first, Tensor) else None)
    at = axis if axis >= 0 else len(first.shape) + 1 + axis
    return Tensor(deps, first.dtype, (*first.shape[:at], len(parts), *first.shape[at:]))


def _transpose(call: ApiCall, deps: Deps) -> Tensor:
    source, order = _source(call, "a"), call.arguments.get("perm", 1)
    if source is None or source.shape is None:
        return Tensor(deps, source.dtype if source else None)
    if order is None:
        return Tensor(deps, source.dtype, source.shape[::-1])
    axes = [constant(item) for item in order.items] if isinstance(order, Sequence) else constant(order)
    if not isinstance(axes, (list, tuple)) or sorted(map(str, axes)) != sorted(map(str, range(len(source.shape)))):
        return Tensor(deps, source.dtype)
    return Tensor(deps, source.dtype, tuple(source.shape[axis] for axis in axes))


def _reduced(call: ApiCall, deps: Deps) -> Tensor:
    source = _source(call, "input_tensor", "input")
    if source is None or source.shape is None:
        return Tensor(deps, source.dtype if source else None)
    axis = call.arguments.get("axis", 1) or call.arguments.get("reduction_indices")
    keeps = constant(call.arguments.get("keepdims", 2) or call.arguments.get("keep_dims"), False)
    axes = set(range(len(source.shape))) if axis is None else _axes(axis, len(source.shape))
    if axes is None:
        return Tensor(deps, source.dtype)
    sizes = [(1 if at in axes else size) for at, size in enumerate(source.shape) if keeps or at not in axes]
    return Tensor(deps, source.dtype, tuple(sizes))


def without_axis(call: ApiCall) -> Shape:
    """The shape that is left where an op takes one axis, the first unless it says which (`argmax`)."""
    source = _source(call, "input", "input_tensor")
    given = call.arguments.get("axis", 1) or call.arguments.get("dimension")
    if source is None or source.shape is None:
        return None
    axes = {0} if given is None else _axes(given, len(source.shape))
    return tuple(size for at, size in enumerate(source.shape) if at not in axes) if axes is not None else None


def parts(call: ApiCall, shape: Shape, count: int) -> Shape:
    """The shape of each part of a `split` into equal parts or of an `unstack`."""
    unstacks = call.name.endswith("unstack")
    axis = constant(call.arguments.get("axis", 2), 0)
    if shape is None or not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        return None
    at = axis % len(shape)
    size = shape[at]
    if unstacks:
        return (*shape[:at], *shape[at + 1 :])
    equal = isinstance(constant(call.arguments.get("num_or_size_splits", 1)), int) and size is not None
    return (*shape[:at], (size or 0) // count if equal else None, *shape[at + 1 :])


def _padded(call: ApiCall, deps: Deps) -> Tensor:
    source, given = _source(call, "tensor"), call.arguments.get("paddings", 1)
    if source is None or source.shape is None:
        return Tensor(deps, source.dtype if source else None)
    pairs = given.items if isinstance(given, Sequence) and len(given.items) == len(source.shape) else []
    sums = [_total(pair) for pair in pairs] or [None] * len(source.shape)
    sizes = zip(source.shape, sums, strict=True)
    return Tensor(deps, source.dtype, tuple(None if None in (a, b) else (a or 0) + (b or 0) for a, b in sizes))


def _total(pair: Value) -> int | None:
    found = [constant(item) for item in pair.items] if isinstance(pair, Sequence) else []
    return sum(found) if found and all(isinstance(one, int) for one in found) else None


def _resized(call: ApiCall, deps: Deps) -> Tensor:
    """Images of another height and width."""
    source, size = _source(call, "images"), call.arguments.get("size", 1)
    if source is None or source.shape is None or len(source.shape) != 4:
        return Tensor(deps)
    given = [constant(item) for item in size.items] if isinstance(size, Sequence) else constant(size)
    kept = call.arguments.get("preserve_aspect_ratio") is not None
    sides = given if isinstance(given, (list, tuple)) and len(given) == 2 and not kept else (None, None)
    height, width = (side if isinstance(side, int) else None for side in sides)
    return Tensor(deps, None, (source.shape[0], height, width, source.shape[3]))


def _patches(call: ApiCall, deps: Deps) -> Tensor:
    source = _source(call, "images")
    if source is None or source.shape is None or len(source.shape) != 4:
        return Tensor(deps, source.dtype if source else None)
    return Tensor(deps, source.dtype, (source.shape[0], None, None, None))


def _embedded(call: ApiCall, deps: Deps) -> Tensor:
    """`tf.contrib.layers.embed_sequence(ids, vocab_size, embed_dim)`."""
    source, width = _source(call, "ids"), constant(call.arguments.get("embed_dim", 2))
    shape = (*source.shape, width if isinstance(width, int) else None) if source and source.shape else None
    return Tensor(deps, "float32", shape)


def _squeezed(call: ApiCall, deps: Deps) -> Tensor:
    source = _source(call, "input")
    axis = call.arguments.get("axis", 1) or call.arguments.get("squeeze_dims")
    if source is None or source.shape is None or axis is None:
        return Tensor(deps, source.dtype if source else None)
    axes = _axes(axis, len(source.shape))
    shape = tuple(size for at, size in enumerate(source.shape) if at not in axes) if axes is not None else None
    return Tensor(deps, source.dtype, shape)


def _matmul(call: ApiCall, deps: Deps) -> Tensor:
    left, right = _source(call, "a"), call.arguments.get("b", 1)
    shape: Shape = None
    turned = any(
        constant(call.arguments.get(f"{name}_{side}"), False) for name in ("transpose", "adjoint") for side in "ab"
    )
    if left is not None and left.shape and isinstance(right, Tensor) and right.shape and not turned:
        shape = (*left.shape[:-1], right.shape[-1])
    elif left is not None and left.shape:
        shape = (*left.shape[:-2], None, None) if len(left.shape) > 2 else (None, None)
    return Tensor(deps, left.dtype if left else None, shape)


def flattened(source: Tensor | None, deps: Deps) -> Tensor:
    if source is None or not source.shape:
        return Tensor(deps, source.dtype if source else None)
    rest = source.shape[1:]
    width = None if None in rest else prod(size or 1 for size in rest)
    return Tensor(deps, source.dtype, (source.shape[0], width))


def spatial(source: Tensor | None, filters: Value | None, deps: Deps) -> Tensor:
    """A convolution or pooling over channels-last data: its batch and channels, what lies between unknown."""
    if source is None or source.shape is None or len(source.shape) < 3:
        return Tensor(deps, source.dtype if source else None)
    count = constant(filters)
    channels = count if isinstance(count, int) else source.shape[-1] if filters is None else None
    return Tensor(deps, source.dtype, (source.shape[0], *(None for _ in source.shape[1:-1]), channels))


def _convolved(call: ApiCall, deps: Deps) -> Tensor:
    pools = "pool" in call.name
    filters = None if pools else call.arguments.get("filters", 1) or call.arguments.get("num_outputs", 1)
    source = _source(call, "inputs", "value", "input")
    if (
        constant(call.arguments.get("data_format")) not in (None, "channels_last", "NHWC", "NWC")
        and source
        and source.shape
    ):
        return Tensor(deps, source.dtype, (source.shape[0], *(None for _ in source.shape[1:])))
    return spatial(source, filters, deps)


def _recurrent(call: ApiCall, deps: Deps) -> Value:
    """(outputs, state) of a dynamic RNN; outputs have the rank of the inputs."""
    both = call.name.endswith("bidirectional_dynamic_rnn")
    inputs = call.arguments.get("inputs", 2 if both else 1)
    shape = (*inputs.shape[:-1], None) if isinstance(inputs, Tensor) and inputs.shape else None
    outputs: Value = Tensor(deps, "float32", shape)
    state: Value = Tensor(deps, "float32")
    if both:
        outputs, state = Sequence("tuple", [outputs, outputs], deps=deps), Sequence("tuple", [state, state], deps=deps)
    return Sequence("tuple", [outputs, state], deps=deps)


def _frames(call: ApiCall, deps: Deps) -> Tensor:
    """The windows of `tf.signal.stft`, each as the frequencies it holds."""
    source, given = _source(call, "signals"), call.arguments.get("fft_length", 3)
    length, step = (_whole(call.arguments.get(name, at)) for at, name in enumerate(("frame_length", "frame_step"), 1))
    padded = constant(call.arguments.get("pad_end", 5) or Const(False))
    if source is None or not source.shape or length is None or step is None or padded is not False:
        return Tensor(deps)
    samples, full = source.shape[-1], 1 << (length - 1).bit_length() if given is None else _whole(given)
    if full is None:
        return Tensor(deps)
    windows = None if samples is None else max(0, 1 + (samples - length) // step)
    return Tensor(deps, None, (*source.shape[:-1], windows, full // 2 + 1))


def _whole(value: Value | None) -> int | None:
    """A positive size, where it is known."""
    size = constant(by_default(value)) if value is not None else None
    return size if isinstance(size, int) and size > 0 else None


_CONVOLUTIONS = """layers.conv1d layers.conv2d layers.conv3d layers.separable_conv1d layers.separable_conv2d
    layers.conv2d_transpose contrib.layers.conv2d contrib.layers.separable_conv2d contrib.layers.conv2d_transpose
    layers.max_pooling1d layers.max_pooling2d layers.average_pooling1d layers.average_pooling2d
    contrib.layers.max_pool2d contrib.layers.avg_pool2d nn.max_pool nn.avg_pool
    nn.max_pool2d nn.avg_pool2d nn.max_pool1d nn.avg_pool1d"""
_RESIZES = "resize resize_bilinear resize_nearest_neighbor resize_bicubic resize_area"
_REDUCTIONS = "sum mean max min prod all any logsumexp std variance"

LAYOUTS: dict[str, Callable[[ApiCall, Deps], Value]] = {
    "concat": _concat,
    "stack": _stack,
    "transpose": _transpose,
    "squeeze": _squeezed,
    "matmul": _matmul,
    "linalg.matmul": _matmul,
    "layers.flatten": lambda call, deps: flattened(_source(call, "inputs"), deps),
    "contrib.layers.flatten": lambda call, deps: flattened(_source(call, "inputs"), deps),
    "pad": _padded,
    "contrib.layers.embed_sequence": _embedded,
    "signal.stft": _frames,
    "image.extract_patches": _patches,
    "image.extract_image_patches": _patches,
    **{f"image.{name}": _resized for name in _RESIZES.split()},
    "nn.dynamic_rnn": _recurrent,
    "nn.bidirectional_dynamic_rnn": _recurrent,
    **{f"math.reduce_{name}": _reduced for name in _REDUCTIONS.split()},
    **dict.fromkeys(_CONVOLUTIONS.split(), _convolved),
}
LAYOUTS = {canonical(f"tensorflow.{name}"): rule for name, rule in LAYOUTS.items()}
