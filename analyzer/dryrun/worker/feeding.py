"""Inputs that make sense to a graph: what a receiver tensor is fed with follows from the operations that read it."""

from __future__ import annotations

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
WORDS = ["a", "b", "c", "the cat sat", "3 1 2"]
Feed = Any  # a numpy array
Recipe = Callable[[int, int], Feed]
"""From a batch size and a seed to what is fed."""


def recipes(graph: Any, name: str, dtype: Any, shape: list[int | None] | None) -> Iterator[Recipe]:
    """Ways to feed the tensor `name`, the likeliest first."""
    readers = _readers(graph, graph.as_graph_element(name))
    if dtype.name == "string":
        for make in _strings(graph, readers):
            yield lambda batch, seed, make=make: _fill(shape, batch, lambda index: make(index, seed))
        return
    yield lambda batch, seed: _numbers(dtype, shape, batch, seed, _bound(graph, readers))
    if dtype.is_floating:
        yield lambda batch, seed: abs(_numbers(dtype, shape, batch, seed, None)) * 0.3 + dtype.as_numpy_dtype(0.1)


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


def _fill(shape: list[int | None] | None, batch: int, make: Callable[[int], bytes]) -> Feed:
    import numpy as np

    dims = _dims([None] if shape is None else shape, batch)
    filled = np.empty(dims, dtype=object)
    for place, index in enumerate(np.ndindex(*dims)):
        filled[index] = make(place)
    return filled


def _numbers(dtype: Any, shape: list[int | None] | None, batch: int, seed: int, bound: int | None) -> Feed:
    import numpy as np

    dims = _dims(shape, batch)
    random = np.random.RandomState(seed + 11)
    if dtype.name == "bool":
        return random.rand(*dims) > 0.5
    if dtype.is_floating:
        return np.asarray(random.standard_normal(dims)).astype(dtype.as_numpy_dtype)
    if dtype.is_complex:
        return (random.standard_normal(dims) + 1j * random.standard_normal(dims)).astype(dtype.as_numpy_dtype)
    # An input that indexes nothing may matter only in coarse steps (minutes // 60): later seeds reach further.
    top = bound if bound else min(2 * 10 ** max(0, seed - 1), 100 if dtype.size == 1 else 20000)
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


def _strings(graph: Any, readers: list[Any]) -> Iterator[Callable[[int, int], bytes]]:
    ops = [op for op, _ in readers]
    for op in ops:
        if op.type in EXAMPLES:
            yield lambda place, seed, op=op: _example(op, place, seed)
        elif op.type in IMAGES:
            for side in SIDES:
                yield _picture(op, side)
        elif op.type == "DecodeRaw":
            for size in _raw_sizes(graph, op):
                yield lambda place, seed, size=size: bytes(bytearray(_bytes(size, place + 7 * seed)))
        elif op.type == "DecodeCSV":
            yield lambda place, seed, op=op: _csv(op, place + seed)
        elif op.type == "StringToNumber":
            yield lambda place, seed: b"%d" % (1 + place + seed)
        elif op.type.startswith("LookupTableFind"):
            keys = _vocabulary(graph, op)
            if keys:
                yield lambda place, seed, keys=keys: keys[(place + seed) % len(keys)]
    for words in (WORDS, ["1", "2", "3"], ["1.5 2.5", "3 4"], ["1,2", "3,4"], ["YWJj", "ZGVm"]):
        yield lambda place, seed, words=words: words[(place + seed) % len(words)].encode()


def _bytes(size: int, start: int) -> list[int]:
    return [(start * 31 + index * 17) % 251 for index in range(size)]


def _picture(op: Any, side: int) -> Callable[[int, int], bytes]:
    known: dict[int, bytes] = {}

    def make(place: int, seed: int) -> bytes:
        key = (place + 3 * seed) % 12
        if key not in known:
            known[key] = _encode(op, side, key)
        return known[key]

    return make


def _encode(op: Any, side: int, seed: int) -> bytes:
    import numpy as np
    import tensorflow.compat.v1 as tf

    channels = op.node_def.attr["channels"].i or 3
    encode = tf.image.encode_jpeg if op.type in ("DecodeJpeg", "DecodeAndCropJpeg") and channels in (1, 3) else tf.image.encode_png
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


def _csv(op: Any, start: int) -> bytes:
    import tensorflow.compat.v1 as tf

    kinds = [tf.as_dtype(kind) for kind in op.get_attr("OUT_TYPE")]
    cells = ["w%d" % i if kind == tf.string else str(start + i) if kind.is_integer else "%.1f" % (start + i / 2.0) for i, kind in enumerate(kinds)]
    return op.get_attr("field_delim").join([cell.encode() for cell in cells])


def _vocabulary(graph: Any, op: Any) -> list[bytes]:
    """Keys of the table that an operation looks up, where they are constants."""
    table = op.inputs[0].op
    for other in graph.get_operations():
        if other.type.startswith(("InitializeTable", "LookupTableImport")) and other.inputs and other.inputs[0].op is table:
            keys = _constant(other.inputs[1]) if len(other.inputs) > 2 else None
            if keys is not None and keys.dtype == object:
                return list(keys[:20]) + [b"unknown"]
    return []


def _example(op: Any, place: int, seed: int) -> bytes:
    """A tf.Example that has what a parse operation asks for."""
    import tensorflow.compat.v1 as tf

    example = tf.train.Example()
    for key, kind, count in _features(op):
        feature = example.features.feature[key]
        start = zlib.crc32(key.encode()) % 5 + place + 3 * seed
        if kind == tf.string:
            feature.bytes_list.value.extend([WORDS[(start + i) % 3].encode() for i in range(count)])
        elif kind.is_integer:
            feature.int64_list.value.extend([(start + i) % (2 + 10 * (seed > 2)) for i in range(count)])
        else:
            feature.float_list.value.extend([((start * 7 + i * 5) % 13) / 6.0 - 1 for i in range(count)])
    return bytes(example.SerializeToString())


def _features(op: Any) -> list[tuple[str, Any, int]]:
    """Key, type and length of each feature of a parse operation, of any of its versions."""
    import numpy as np
    import tensorflow.compat.v1 as tf

    dense_types = [tf.as_dtype(kind) for kind in op.get_attr("Tdense")]
    sparse_types = [tf.as_dtype(kind) for kind in op.get_attr("sparse_types")]
    shapes = [[dim.size for dim in shape.dim] if hasattr(shape, "dim") else shape.as_list() for shape in op.get_attr("dense_shapes")]
    if op.type == "ParseSingleExample":
        sparse_keys, dense_keys = op.get_attr("sparse_keys"), op.get_attr("dense_keys")
    elif op.type == "ParseExampleV2":
        sparse_keys, dense_keys = _constant(op.inputs[2]), _constant(op.inputs[3])
    else:
        count = len(sparse_types)
        sparse_keys = [_constant(tensor) for tensor in op.inputs[2 : 2 + count]]
        dense_keys = [_constant(tensor) for tensor in op.inputs[2 + count : 2 + count + len(dense_types)]]
    text = [[key if isinstance(key, str) else bytes(key.item() if hasattr(key, "item") else key).decode() for key in keys] for keys in (sparse_keys, dense_keys)]
    found = [(key, kind, 2) for key, kind in zip(text[0], sparse_types)]
    return found + [(key, kind, abs(int(np.prod(shape or [1])))) for key, kind, shape in zip(text[1], dense_types, shapes)]
