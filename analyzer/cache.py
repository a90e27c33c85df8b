"""What static analysis found before, kept between runs by the content of every file that it looked at.

It lies in the user's own cache folder, one file for each working directory, and is read without trusting it: nothing
but tflint's own records is ever built from it.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from analyzer import __version__
from analyzer.followed import Followed
from analyzer.glancing import Glance
from analyzer.reading.stamps import Stamp, modified, stamp

RACY_NS = 2_000_000_000
"""A file changed so shortly before it was remembered may have changed again within one tick of its clock."""
OWN = ("analyzer.", "pathlib")


class Seen(NamedTuple):
    """A file at one moment. `changed`: when it was last modified, in nanoseconds."""

    changed: int
    glance: Glance


@dataclass(slots=True)
class Memory:
    """What is known of the files of one working directory, by path."""

    written: int = 0
    """When, in nanoseconds."""
    seen: dict[str, Seen] = field(default_factory=dict)
    followed: dict[str, Followed] = field(default_factory=dict)
    learned: bool = False
    """Whether anything was added to it."""

    def learn(self, seen: Mapping[str, Seen], followed: Mapping[str, Followed]) -> None:
        self.seen.update(seen)
        self.followed.update(followed)
        self.learned = self.learned or bool(seen) or bool(followed)

    def is_seen(self, path: str) -> bool:
        """Whether a file is still what it was when it was seen."""
        known = self.seen.get(path)
        return known is not None and self._is_still(path, known.changed)

    def recalled(self, paths: Iterable[str]) -> dict[str, Followed]:
        """What was found in those of `paths` for which nothing that they depend on has changed."""
        now: dict[Path, Stamp] = {}
        return {path: self.followed[path] for path in paths if path in self.followed and self._holds(path, now)}

    def _holds(self, path: str, now: dict[Path, Stamp]) -> bool:
        for other, before in self.followed[path].depends.items():
            if other not in now:
                now[other] = before if self._is_still(other, before.changed) else stamp(other)
            if now[other].digest != before.digest:
                return False
        return True

    def _is_still(self, path: Path | str, changed: int) -> bool:
        return changed == modified(path) and 0 <= changed < self.written - RACY_NS


class Unusable(Exception):
    """A cache that cannot be used; the message is a clause for the user."""


def folder(chosen: Path | None) -> Path:
    """Where tflint remembers: as chosen, or the user's own cache folder."""
    if chosen is not None:
        return chosen
    from platformdirs import user_cache_path

    return user_cache_path("tflint", appauthor=False)


def place(chosen: Path | None) -> Path:
    """The file of this working directory, in that folder."""
    return folder(chosen) / f"{blake2b(os.fsencode(Path.cwd()), digest_size=12).hexdigest()}.cache"


def load(file: Path) -> Memory:
    """What a cache file holds; nothing where there is none yet.

    Raises Unusable where it was written by another version, or cannot be read.
    """
    try:
        head, _, body = file.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return Memory()
    except OSError as error:
        raise Unusable(f"cannot be read ({error.strerror})") from error
    try:
        written_by = json.loads(head)
        version, writer, check = written_by["tflint"], written_by["program"], written_by["check"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unusable("is damaged") from error
    if version != __version__:
        raise Unusable(f"was written by tflint {version}")
    if writer != program():
        return Memory()
    if check != _check(body):
        raise Unusable("is damaged")
    try:
        return _Reader(io.BytesIO(body)).memory()
    except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError, ValueError) as error:
        raise Unusable("is damaged") from error


def save(file: Path, memory: Memory, checked: Iterable[Path]) -> None:
    """Keeps what is known of `checked`, and of other files that are still there.

    Raises Unusable where it cannot be written.
    """
    now = {str(path) for path in checked}
    kept = Memory(
        time.time_ns(),
        {path: seen for path, seen in memory.seen.items() if path in now or Path(path).exists()},
        {path: followed for path, followed in memory.followed.items() if path in now or Path(path).exists()},
    )
    body = pickle.dumps((kept.written, kept.seen, kept.followed), protocol=5)
    head = json.dumps({"tflint": __version__, "program": program(), "check": _check(body)}).encode()
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(head + b"\n" + body)
        beside.replace(file)
    except OSError as error:
        if beside.exists():
            beside.unlink()
        raise Unusable(f"cannot be written ({error.strerror})") from error


class _Reader(pickle.Unpickler):
    """Builds records of tflint's and paths, and calls nothing else."""

    def memory(self) -> Memory:
        written, seen, followed = self.load()
        if not (isinstance(written, int) and isinstance(seen, Mapping) and isinstance(followed, Mapping)):
            raise pickle.UnpicklingError("these are no records of tflint's")
        return Memory(written, dict(seen), dict(followed))

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if module.startswith(OWN) else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no record of tflint's")
        return found


def _check(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def program() -> str:
    """What would find other things: tflint's own files, and the Python that parses."""
    here = Path(__file__).parent
    files = sorted(path for path in here.rglob("*") if path.suffix in (".py", ".json"))
    told = [f"{path.relative_to(here)} {modified(path)}" for path in files]
    return _check("\n".join([sys.version, *told]).encode())
