"""The placeholders that probe code may name, and what is fed to them.

Each maker takes (dtype of the sweep, batch dimension in the graph, batch size fed) and gives shape, dtype and value.
Python 3.7 or newer, the standard library and numpy only.
"""

from __future__ import annotations

import ast
import base64
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    Made = tuple[list[int | None], str, Any]
    Maker = Callable[[str, int | None, int], Made]

STRINGS = np.array(["12", "7", "-3", "45", "6", "0", "19", "8"], dtype=object)


def values(shape: list[int], dtype: str, low: float = 0.1, high: float = 0.9, seed: int = 3) -> Any:
    """Values that are inside the domain of nearly every function: floats in (0.1, 0.9), integers in 1..5."""
    random = np.random.RandomState(seed)
    if dtype == "string":
        return np.resize(STRINGS, shape)
    if dtype == "bool":
        return random.rand(*shape) > 0.5
    if dtype.startswith("complex"):
        return (random.uniform(low, high, shape) + 1j * random.uniform(low, high, shape)).astype(dtype)
    if dtype.startswith(("int", "uint")):
        return random.randint(1, 6, shape).astype(dtype)
    return random.uniform(low, high, shape).astype(dtype)


def swept(*dims: int, seed: int = 3) -> Maker:
    """An input whose dtype is the one being measured."""
    return lambda dtype, batch, fed: ([batch, *dims], dtype, values([fed, *dims], dtype, seed=seed))


def fixed(dtype: str, *dims: int, below: int = 4) -> Maker:
    """An input with a dtype of its own; integers are indices below `below`."""

    def maker(_: str, batch: int | None, fed: int) -> Made:
        shape = [fed, *dims]
        if dtype in ("int32", "int64"):
            value = (np.arange(int(np.prod(shape))).reshape(shape) % below).astype(dtype)
        else:
            value = values(shape, dtype, seed=5)
        return [batch, *dims], dtype, value

    return maker


def unbatched(dtype: str, value: Any) -> Maker:
    """An input without a batch dimension."""
    array = np.array(value, dtype=object if dtype == "string" else dtype)
    return lambda _dtype, _batch, _fed: (list(array.shape), dtype, array)


def texts(*rows: str | bytes) -> Maker:
    """A batch of strings."""
    array = np.array(rows, dtype=object)
    return lambda _, batch, fed: ([batch], "string", array[:fed])


def positive_definite(dtype: str, batch: int | None, fed: int) -> Made:
    if not dtype.startswith(("float", "complex")):
        return [batch, 3, 3], dtype, values([fed, 3, 3], dtype)
    base = values([fed, 3, 3], "float64")
    return [batch, 3, 3], dtype, (base @ base.transpose(0, 2, 1) + 3 * np.eye(3)).astype(dtype)


def png(width: int = 8, height: int = 8) -> bytes:
    """A small RGB image."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) & 0xFFFFFFFF)

    rows = b"".join(b"\0" + bytes((row * 20 + column) % 256 for column in range(3 * width)) for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def bmp(width: int = 4, height: int = 4) -> bytes:
    """A small RGB image."""
    pixels = bytes(range(3 * width)) * height
    header = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, 54)
    return header + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(pixels), 2835, 2835, 0, 0) + pixels


def wav(samples: int = 16) -> bytes:
    """A short mono sound."""
    data = b"".join(struct.pack("<h", 100 * sample) for sample in range(samples))
    header = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVEfmt " + header + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8Q"
    "EBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)


def example(number: int) -> bytes:
    """A serialized tf.Example: feature `a` of four floats, `b` of one int64, `c` of one string."""

    def field(key: int, payload: bytes) -> bytes:
        return bytes([key, len(payload)]) + payload

    floats = field(0x12, field(0x0A, struct.pack("<4f", 1.0, 2.0, 3.0, float(number))))
    integers = field(0x1A, field(0x0A, bytes([number])))
    strings = field(0x0A, field(0x0A, b"hello"))
    entries = b"".join(
        field(0x0A, field(0x0A, key) + field(0x12, feature))
        for key, feature in ((b"a", floats), (b"b", integers), (b"c", strings))
    )
    return field(0x0A, entries)


INPUTS: dict[str, Maker] = {
    "x": swept(4),
    "y": swept(4, seed=4),
    "z": swept(4, seed=6),
    "v": swept(),
    "x3": swept(3, 4),
    "x1": swept(1),
    "m": positive_definite,
    "n": swept(3, 2, seed=8),
    "img": swept(8, 8, 3),
    "img1": swept(8, 8, 1),
    "img4": swept(8, 8, 4),
    "vol": swept(6, 6, 6, 2),
    "seq": swept(6, 4),
    "wave": swept(128),
    "deep": swept(2, 2, 2, 2, 2),
    "f": fixed("float32", 4),
    "b": fixed("bool", 4),
    "flag": unbatched("bool", True),
    "i": fixed("int32", 4),
    "j": fixed("int32", 4, below=3),
    "ids": fixed("int32"),
    "ids64": fixed("int64"),
    "rows": fixed("int32", 1),
    "rows64": fixed("int64", 1),
    "i64": fixed("int64", 4),
    "boxes": fixed("float32", 5, 4),
    "scores": fixed("float32", 5),
    "k": unbatched("int32", 2),
    "c": fixed("complex64", 4),
    "cm": fixed("complex64", 4, 4),
    "u8": fixed("uint8", 8, 8, 3),
    "s": texts("12", "7"),
    "st": texts("a b c", "d e"),
    "s2": fixed("string", 4),
    "csv": texts("1.5,2.5", "3.5,4.5"),
    "raw": texts(struct.pack("<4f", 1, 2, 3, 4), struct.pack("<4f", 5, 6, 7, 8)),
    "raw1": texts(bytes(range(16)), bytes(range(16, 32))),
    "b64": texts(b"aGVsbG8", b"d29ybGQ"),
    "packed": texts(zlib.compress(bytes(range(16))), zlib.compress(bytes(range(16)))),
    "examples": texts(example(1), example(2)),
    "one_example": unbatched("string", example(3)),
    "word": unbatched("string", b"12"),
    "json": texts(b"{}", b"{}"),
    "nothing": unbatched("string", b"/dev/null"),
    "perm": unbatched("int32", [1, 0, 2]),
    "jpeg": unbatched("string", JPEG),
    "png": unbatched("string", png()),
    "bmp": unbatched("string", bmp()),
    "gif": unbatched("string", GIF),
    "wav": unbatched("string", wav()),
    "pixels": unbatched("uint8", np.arange(192).reshape(8, 8, 3)),
    "one_image": unbatched("float32", np.linspace(0, 1, 192).reshape(8, 8, 3)),
    "vec": unbatched("float32", [0.5, 0.1, 0.9, 0.3]),
    "vec_i": unbatched("int32", [3, 1, 2, 1]),
    "segments": unbatched("int32", [0, 0, 1, 2]),
    "rows4": unbatched("float32", np.linspace(0.1, 0.9, 12).reshape(4, 3)),
    "one_boxes": unbatched("float32", [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, 0.2, 0.5, 0.5], [0.5, 0.5, 1, 1]]),
}
SWEPT = {"x", "y", "z", "v", "x3", "x1", "m", "n", "img", "img1", "img4", "vol", "seq", "wave", "deep"}


def inputs_of(probe: str) -> list[str]:
    """Names of the inputs that this code uses, in the order of its text."""
    bound = {arg.arg for node in ast.walk(ast.parse(probe)) if isinstance(node, ast.arguments) for arg in node.args}
    seen: list[str] = []
    for node in ast.walk(ast.parse(probe, mode="eval")):
        if isinstance(node, ast.Name) and node.id in INPUTS and node.id not in seen and node.id not in bound:
            seen.append(node.id)
    return seen
