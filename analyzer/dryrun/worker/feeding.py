"""Inputs that make sense to a graph: what a receiver tensor is fed with follows from the operations that read it."""

from __future__ import annotations

import functools
import itertools
import zlib
from typing import Any, Callable, Iterator

from .graphs import ancestors

PASS_ON = {
    "Identity", "Cast", "Reshape", "ExpandDims", "Squeeze", "Pack", "ConcatV2", "StridedSlice", "Unpack", "Split",
    "StringStrip", "StringLower", "StringUpper", "Where", "GatherNd", "SparseToDense", "Enter", "Switch", "Merge",
    "StringSplit", "StringSplitV2", "Transpose", "Tile", "Maximum", "Minimum", "RegexReplace", "StaticRegexReplace",
}  # fmt: skip
IMAGES = {"DecodeJpeg", "DecodePng", "DecodeImage", "DecodeBmp", "DecodeGif", "DecodeAndCropJpeg"}
EXAMPLES = {"ParseExample", "ParseExampleV2", "ParseSingleExample"}
SIDES = (8, 28, 32, 64, 96, 128, 224, 299)
WORDS = [b"a", b"b", b"c", b"the cat sat", b"3 1 2"]
TOPS = (2, 4, 8, 3, 30, 300, 3000)
"""By seed, how far integers go."""
Feed = Any  # a numpy array
Recipe = Callable[[int, int], Feed]
"""From a batch size and a seed to what is fed."""
Maker = Callable[[int, int], bytes]
"""From the place in the batch and a seed to one string."""


def recipes(graph: Any, name: str, dtype: Any, shape: list[int | None] | None) -> Iterator[Recipe]:
    """Ways to feed the tensor `name`, the likeliest first."""
    readers = _readers(graph, graph.as_graph_element(name))
    if dtype.name == "string":
        for make in _strings(graph, readers):
            yield functools.partial(_fill, shape, make)
        return
    yield functools.partial(_numbers, dtype, shape, _bound(graph, readers))
    if dtype.is_floating:
        yield functools.partial(_positive, dtype, shape)


def _readers(graph: Any, tensor: Any) -> list[Any]:
    """Operations that see the values of `tensor`, also behind others that only move them about."""
    found: list[Any] = []
    waiting, done = [tensor], set()
    while waiting:
        tensor = waiting.pop()
        if tensor.name in done:
            continue
        done.add(tensor.name)
        for op in tensor.consumers():
            found.append((op, tensor))
            if op.type in PASS_ON:
                waiting += op.outputs
    return found


def _dims(shape: list[int | None] | None, batch: int) -> list[int]:
    if shape is None:
        return [batch, 4]
    return [(batch if index == 0 else 8) if size is None else size for index, size in enumerate(shape)]


def _fill(shape: list[int | None] | None, make: Maker, batch: int, seed: int) -> Feed:
    import numpy as np

    dims = _dims([None] if shape is None else shape, batch)
    filled = np.empty(dims, dtype=object)
    for place, index in enumerate(np.ndindex(*dims)):
        filled[index] = make(place, seed)
    return filled


def _positive(dtype: Any, shape: list[int | None] | None, batch: int, seed: int) -> Feed:
    return abs(_numbers(dtype, shape, None, batch, seed)) * dtype.as_numpy_dtype(0.3) + dtype.as_numpy_dtype(0.1)


def _numbers(dtype: Any, shape: list[int | None] | None, bound: int | None, batch: int, seed: int) -> Feed:
    import numpy as np

    dims = _dims(shape, batch)
    random = np.random.RandomState(seed + 11)
    if dtype.name == "bool":
        return random.rand(*dims) > 0.5
    if dtype.is_floating:
        return np.asarray(random.standard_normal(dims)).astype(dtype.as_numpy_dtype)
    if dtype.is_complex:
        return (random.standard_normal(dims) + 1j * random.standard_normal(dims)).astype(dtype.as_numpy_dtype)
    # What indexes nothing we know of may still be an index, or matter only in coarse steps (minutes // 60).
    top = min(bound or TOPS[seed % len(TOPS)], 100 if dtype.size == 1 else 1 << 30)
    return random.randint(0, max(1, top), size=dims).astype(dtype.as_numpy_dtype)


def _bound(graph: Any, readers: list[Any]) -> int | None:
    """The number of rows or classes that an integer input indexes."""
    bounds = []
    for op, tensor in readers:
        if op.type in ("GatherV2", "Gather", "ResourceGather") and op.inputs[1] is tensor:
            bounds.append(_rows(op))
        elif op.type == "OneHot" and op.inputs[0] is tensor:
            bounds.append(_constant(op.inputs[1]))
    sizes = [int(size) for size in bounds if size is not None and int(size) > 0]
    return min(sizes) if sizes else None


def _rows(op: Any) -> Any:
    import tensorflow.compat.v1 as tf

    if op.type == "ResourceGather":
        return op.inputs[0].op.get_attr("shape").dim[0].size
    axis = _constant(op.inputs[2]) if op.type == "GatherV2" else 0
    shape = op.inputs[0].shape
    return None if shape.rank is None or axis is None else tf.dimension_value(shape[int(axis)])


def _constant(tensor: Any) -> Any:
    from tensorflow.python.framework import tensor_util

    return tensor_util.constant_value(tensor)


def _strings(graph: Any, readers: list[Any]) -> Iterator[Maker]:
    for op, _ in readers:
        if op.type in EXAMPLES:
            yield functools.partial(_example, op)
        elif op.type == "DecodeRaw":
            for size in _raw_sizes(graph, op):
                yield functools.partial(_raw, size)
        elif op.type == "DecodeCSV":
            yield functools.partial(_csv, op)
        elif op.type == "StringToNumber":
            yield functools.partial(_one_of, [b"1", b"2", b"3", b"5", b"8"])
        elif op.type.startswith("LookupTableFind"):
            keys = _vocabulary(graph, op)
            if keys:
                yield functools.partial(_one_of, keys)
    for node in _nodes(graph, readers):
        if node.op in IMAGES:
            for side in SIDES:
                yield functools.partial(_picture, node, side, {})
    for words in (WORDS, [b"1", b"2", b"3"], [b"1.5 2.5", b"3 4"], [b"1,2", b"3,4"], [b"YWJj", b"ZGVm"]):
        yield functools.partial(_one_of, words)


def _nodes(graph: Any, readers: list[Any]) -> list[Any]:
    """The definitions of what reads a tensor, and of all that lies in functions (the body of a map_fn)."""
    functions = graph.as_graph_def().library.function
    return [op.node_def for op, _ in readers] + [node for function in functions for node in function.node_def]


def _one_of(words: list[bytes], place: int, seed: int) -> bytes:
    return words[(place + seed) % len(words)]


def _raw(size: int, place: int, seed: int) -> bytes:
    return bytes(bytearray(((place + 7 * seed) * 31 + index * 17) % 251 for index in range(size)))


def _picture(node: Any, side: int, known: dict[int, bytes], place: int, seed: int) -> bytes:
    key = (place + 3 * seed) % 12
    if key not in known:
        known[key] = _encode(node, side, key)
    return known[key]


def _encode(node: Any, side: int, seed: int) -> bytes:
    import numpy as np
    import tensorflow.compat.v1 as tf

    channels = node.attr["channels"].i or 3
    jpeg = node.op in ("DecodeJpeg", "DecodeAndCropJpeg") and channels in (1, 3)
    encode = tf.image.encode_jpeg if jpeg else tf.image.encode_png
    pixels = np.random.RandomState(seed).randint(0, 255, (side, side, channels)).astype("uint8")
    with tf.Graph().as_default(), tf.Session() as session:
        return bytes(session.run(encode(pixels)))


def _raw_sizes(graph: Any, op: Any) -> list[int]:
    """How many bytes a decode_raw may want: what the shapes behind it multiply to."""
    import numpy as np
    import tensorflow.compat.v1 as tf

    width = tf.as_dtype(op.get_attr("out_type")).size
    sizes = []
    for other in graph.get_operations():
        if other.type == "Reshape" and op in ancestors([other]):
            wanted = _constant(other.inputs[1])
            if wanted is not None:
                sizes.append(int(np.prod([size for size in wanted if size > 0])) * width)
    return sorted(set(sizes)) + [size * width for size in (16, 784, 3072)]


def _csv(op: Any, place: int, seed: int) -> bytes:
    kinds = [_type(kind) for kind in op.get_attr("OUT_TYPE")]
    cells = [_cell(kind, place + seed + column) for column, kind in enumerate(kinds)]
    return bytes(op.get_attr("field_delim").join(cells))


def _type(kind: Any) -> Any:
    import tensorflow.compat.v1 as tf

    return tf.as_dtype(kind)


def _cell(kind: Any, number: int) -> bytes:
    if kind.name == "string":
        return b"w%d" % number
    return b"%d" % number if kind.is_integer else b"%.1f" % (number / 2.0)


def _vocabulary(graph: Any, op: Any) -> list[bytes]:
    """Keys of the table that an operation looks up, where they are constants or lines of a file; and one it has not."""
    table = op.inputs[0].op
    for other in graph.get_operations():
        if not other.inputs or other.inputs[0].op is not table:
            continue
        values = _constant(other.inputs[1]) if other.type.startswith(("InitializeTable", "LookupTableImport")) else None
        if values is not None and other.type.startswith("InitializeTableFromTextFile"):
            with open(values.item(), "rb") as lines:
                return [*(line.rstrip(b"\n") for line in itertools.islice(lines, 20)), b"unknown"]
        if values is not None and values.dtype == object:
            return [*values[:20], b"unknown"]
    return []


def _example(op: Any, place: int, seed: int) -> bytes:
    """A tf.Example that has what a parse operation asks for."""
    import tensorflow.compat.v1 as tf

    example = tf.train.Example()
    for key, kind, count in _features(op):
        feature = example.features.feature[key]
        start = zlib.crc32(key.encode()) % 5 + place + 3 * seed
        if kind == tf.string:
            feature.bytes_list.value.extend([WORDS[(start + i) % 3] for i in range(count)])
        elif kind.is_integer:
            feature.int64_list.value.extend([(start + i) % (2 + 10 * (seed > 2)) for i in range(count)])
        else:
            feature.float_list.value.extend([((start * 7 + i * 5) % 13) / 6.0 - 1 for i in range(count)])
    return bytes(example.SerializeToString())


def _features(op: Any) -> list[tuple[str, Any, int]]:
    """Key, type and length of each feature of a parse operation, of any of its versions."""
    dense_types = [_type(kind) for kind in op.get_attr("Tdense")]
    sparse_types = [_type(kind) for kind in op.get_attr("sparse_types")]
    counts = [_elements(shape) for shape in op.get_attr("dense_shapes")]
    if op.type == "ParseSingleExample":
        sparse_keys, dense_keys = op.get_attr("sparse_keys"), op.get_attr("dense_keys")
    elif op.type == "ParseExampleV2":
        sparse_keys, dense_keys = _constant(op.inputs[2]), _constant(op.inputs[3])
    else:
        count = len(sparse_types)
        sparse_keys = [_constant(tensor) for tensor in op.inputs[2 : 2 + count]]
        dense_keys = [_constant(tensor) for tensor in op.inputs[2 + count : 2 + count + len(dense_types)]]
    found = [(_text(key), kind, 2) for key, kind in zip(sparse_keys, sparse_types)]
    return found + [(_text(key), kind, count) for key, kind, count in zip(dense_keys, dense_types, counts)]


def _text(key: Any) -> str:
    value = key.item() if hasattr(key, "item") else key
    return value.decode() if isinstance(value, bytes) else str(value)


def _elements(shape: Any) -> int:
    """How many values a dense feature has; one for each unknown dimension."""
    import numpy as np

    dims = [dim.size for dim in shape.dim] if hasattr(shape, "dim") else shape.as_list()
    return int(np.prod([dim if dim and dim > 0 else 1 for dim in dims] or [1]))
