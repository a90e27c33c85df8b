"""Which files are meant: paths as the user gave them, directories walked the way Git and ruff walk them."""

from __future__ import annotations

import io
import os
import stat
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.findings import Failure

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

# Hidden ones need no name here.
NOT_SOURCES = frozenset(
    ("__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv")
)


def find(paths: Iterable[Path]) -> tuple[list[Path], list[Failure]]:
    """The Python files that `paths` mean, absolute, each once, in a stable order; and why others cannot be read.

    A file is taken whatever it is called. A directory gives its readable `.py` files; what Git ignores, what
    is hidden, virtual environments and build output are passed over, and links to directories are not followed.
    """
    files: list[Path] = []
    failures: list[Failure] = []
    seen: set[str] = set()
    for path in paths:
        here = Path(os.path.abspath(path))
        candidates = [here]
        if here.is_dir():
            told = len(failures)
            candidates = list(_walk(here, failures))
            if not candidates and len(failures) == told:
                failures.append(Failure(here, "no Python file lies in this directory"))
        for candidate in candidates:
            identity = os.path.realpath(candidate)
            if identity in seen:
                continue
            seen.add(identity)
            problem = unreadable(candidate)
            if problem:
                failures.append(Failure(candidate, problem))
            else:
                files.append(candidate)
    return files, failures


def unreadable(path: Path) -> str:
    """Why the text of `path` cannot be read, "" where it can."""
    try:
        # A named pipe would never end.
        if not stat.S_ISREG(path.stat().st_mode):
            return "not a regular file"
        raw = path.read_bytes()
    except FileNotFoundError:
        return "the link points nowhere" if path.is_symlink() else "no such file or directory"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if b"\0" in raw:
        return "binary, not Python source"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        raw.decode(encoding)
    except SyntaxError as error:
        return f"cannot be decoded: {error.msg}"
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return f"cannot be decoded: byte 0x{raw[error.start]:02x} on line {line} is not {error.encoding}"
    return ""


def _walk(top: Path, failures: list[Failure]) -> Iterator[Path]:
    def refused(error: OSError) -> None:
        failures.append(Failure(Path(error.filename), f"cannot be read: {error.strerror}"))

    ignores = {parent: spec for parent in _git_parents(top) if (spec := _gitignore(parent))}
    for folder, directories, names in os.walk(top, onerror=refused):
        here = Path(folder)
        if spec := _gitignore(here):
            ignores[here] = spec
        directories[:] = sorted(
            name for name in directories if _holds_sources(here / name) and not _ignored(here / name, ignores, "/")
        )
        for name in sorted(names):
            if name.endswith(".py") and name[0] != "." and not _ignored(here / name, ignores):
                yield here / name


def _holds_sources(directory: Path) -> bool:
    name = directory.name
    if name.startswith(".") or name in NOT_SOURCES or name.endswith(".egg-info"):
        return False
    return not (directory / "pyvenv.cfg").is_file() and not (directory / "conda-meta").is_dir()


def _git_parents(top: Path) -> Iterator[Path]:
    """The folders between `top` and the root of its repository; none outside one."""
    if (top / ".git").exists():
        return
    passed: list[Path] = []
    for parent in top.parents:
        passed.append(parent)
        if (parent / ".git").exists():
            yield from passed
            return


def _gitignore(folder: Path) -> GitIgnoreSpec | None:
    try:
        lines = (folder / ".gitignore").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)


def _ignored(path: Path, ignores: dict[Path, GitIgnoreSpec], suffix: str = "") -> bool:
    """Git's law: the deepest `.gitignore` that says anything about a path decides."""
    for parent in path.parents:
        if spec := ignores.get(parent):
            said = spec.check_file(path.relative_to(parent).as_posix() + suffix).include
            if said is not None:
                return said
    return False
