"""Source files read to be changed, and written back: same encoding, same byte order mark, same mode, all or nothing."""

from __future__ import annotations

import io
import os
import stat
import tempfile
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analyzer.reading.source import decode


@dataclass(frozen=True, slots=True)
class Stored:
    """A file's text as analysis reads it, and how a changed text becomes the file's bytes."""

    path: Path
    text: str
    encode: Callable[[str], bytes]


def read(path: Path) -> Stored:
    """A Python file or a notebook, of which `text` is the JSON.

    Raises OSError where it cannot be read, UnreadableSource where it is no text.
    """
    return of_bytes(path, path.read_bytes())


def of_bytes(path: Path, data: bytes) -> Stored:
    """The same of a file that has these bytes, or would have. Raises UnreadableSource where they are no text."""
    text = decode(data)
    encoding = _encoding(data)
    return Stored(path, text, lambda changed: changed.encode(encoding))


def _encoding(data: bytes) -> str:
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:  # as decode does
        return "utf-8"


def is_read_only(path: Path) -> bool:
    """Whether nobody may write the file, or this user may not."""
    return not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK)


def write(stored: Stored, text: str) -> None:
    """Replaces the file by one with this text; where `path` is a link, the file that it leads to.

    Raises OSError, and UnicodeEncodeError where the file's encoding lacks a character; the file is as it was then.
    """
    data = stored.encode(text)
    path = stored.path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
