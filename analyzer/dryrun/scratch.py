"""The folder a program runs in: its relative reads find what lies beside it, its relative writes stay in scratch."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COPIED_BYTES = 64 << 20
"""Files are copied up to this sum, so that a program may write to them; larger ones are linked."""
MOST_ENTRIES = 4000
DEEPEST = 6
SKIPPED = frozenset({".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", "venv", ".tox", ".mypy_cache"})


class Moved(Exception):
    """A program put something else in the place of the folder that it was given."""


@contextmanager
def scratch(base: Path | None = None) -> Iterator[Path]:
    """A folder of our own, below `base` or the system's folder of temporary files, that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tflint-", dir=base)).resolve()
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder whatever a program made in it: folders that it closed, or nested beyond every path's length."""
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            subprocess.run([*command, str(folder)], check=False, stdin=subprocess.DEVNULL, capture_output=True)


def empty(folder: Path) -> None:
    """Remove all that lies in a folder."""
    for entry in list(os.scandir(folder)):
        if entry.is_dir(follow_symlinks=False):
            remove(Path(entry.path))
        else:
            Path(entry.path).unlink()


class Place:
    """The folder of one run, in which tflint and, between its looks, the program write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self._made = self._identity()
        self._folders = 0

    def _identity(self) -> tuple[int, int]:
        known = os.lstat(self.path)
        return known.st_dev, known.st_ino

    def folder(self) -> Path:
        """A new folder in it. Raises Moved."""
        self._folders += 1
        made = self.new(str(self._folders))
        try:
            made.mkdir()
        except OSError as error:
            raise Moved from error
        return made

    def new(self, name: str) -> Path:
        """A path in it. Raises Moved where it leads elsewhere by now."""
        try:
            if self._identity() != self._made:
                raise Moved
        except OSError as error:
            raise Moved from error
        return self.path / name


class _Mirror:
    """Copies of small files, links to the rest, until a budget is spent."""

    def __init__(self) -> None:
        self.bytes = COPIED_BYTES
        self.entries = MOST_ENTRIES

    def fill(self, source: Path, target: Path, depth: int = 0) -> None:
        target.mkdir(exist_ok=True)
        for entry in sorted(os.scandir(source), key=lambda entry: (entry.is_dir(), entry.name)):
            place = target / entry.name
            self.entries -= 1
            if entry.name in SKIPPED or place.exists() or self.entries < 0:
                continue
            if entry.is_dir(follow_symlinks=False) and depth < DEEPEST and os.access(entry.path, os.R_OK | os.X_OK):
                self.fill(Path(entry.path), place, depth + 1)
            elif entry.is_file() and os.access(entry.path, os.R_OK) and entry.stat().st_size <= self.bytes:
                self.bytes -= entry.stat().st_size
                shutil.copyfile(entry.path, place)
            else:
                place.symlink_to(entry.path)


def data_files(program: Path, project: Path) -> Iterator[Path]:
    """The files that a working folder shows, but for the Python ones."""
    waiting = [(folder, 0) for folder in dict.fromkeys((program.parent, project))]
    entries = MOST_ENTRIES
    while waiting and entries > 0:
        folder, depth = waiting.pop()
        try:
            found = list(os.scandir(folder))
        except OSError:  # shown to the program as it is: closed
            continue
        entries -= len(found)
        for entry in found:
            if entry.is_dir(follow_symlinks=False) and entry.name not in SKIPPED and depth < DEEPEST:
                waiting.append((Path(entry.path), depth + 1))
            elif entry.is_file() and not entry.name.endswith((".py", ".pyc", ".ipynb")):
                yield Path(entry.path)


def working_folder(program: Path, project: Path, scratch: Path) -> Path:
    """A folder that looks like the program's own, and where it has nothing, like the project's."""
    folder = scratch / "cwd"
    mirror = _Mirror()
    mirror.fill(program.parent, folder)
    if project != program.parent and project in program.parents:
        mirror.fill(project, folder)
    return folder
