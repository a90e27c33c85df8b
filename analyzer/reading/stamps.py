"""Whether a file or folder is still what it was: its time of change for a quick answer, its content for a true one."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple


class Stamp(NamedTuple):
    """A file or folder at one moment.

    `changed`: when it was last modified, in nanoseconds, -1 where it could not be told. `digest`: of a file's bytes, of
    the names in a folder that an import could mean; "" where it could not be read.
    """

    changed: int
    digest: str


def stamp(path: Path) -> Stamp:
    """What a file or folder is now."""
    changed = modified(path)
    try:
        return Stamp(changed, digest(_names(path) if path.is_dir() else path.read_bytes()))
    except OSError:
        return Stamp(changed, "")


def digest(data: bytes) -> str:
    """A short name for these bytes."""
    return blake2b(data, digest_size=16).hexdigest()


def modified(path: Path | str) -> int:
    """When a file or folder was last modified, in nanoseconds; -1 where it could not be told."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116  (making a Path takes longer than asking)
    except OSError:
        return -1


def _names(folder: Path) -> bytes:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    meant = (name for name in names if name.endswith(".py") or "." not in name or name in _MARKS)
    return "\n".join(name for name in meant if name != "__pycache__").encode(errors="surrogateescape")


_MARKS = (".git", "pyproject.toml")
