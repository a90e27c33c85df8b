"""Which files are meant: paths as the user gave them, directories walked the way Git and ruff walk them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.configuration import BadConfiguration
from analyzer.reading.source import NOTEBOOK
from analyzer.reports import Failure
from analyzer.settings import Settings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

# Hidden ones need no name here.
NOT_SOURCES = frozenset(
    ("__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv")
)
SAVED_MODEL = ("saved_model.pb", "saved_model.pbtxt")

SettingsOf = Callable[[Path], Settings]
"""The settings of a folder; raises BadConfiguration."""


@dataclass(frozen=True, slots=True)
class Found:
    """The files that paths mean, absolute, each once, in a stable order."""

    files: tuple[Path, ...]
    walked: frozenset[str]
    """The paths of those that were not named themselves, but lay in a folder that was."""
    failures: tuple[Failure, ...]
    saved_models: tuple[Path, ...] = ()
    """The folders that were named and hold a SavedModel."""


def find(paths: Iterable[Path], settings: SettingsOf = lambda _: Settings(), force_exclude: bool = False) -> Found:
    """The Python files that `paths` mean, and one sentence for each path that means none.

    A file is taken whatever it is called. A directory gives its `.py` files and notebooks; what Git ignores, what is
    hidden, virtual environments and build output are passed over, and links to directories are not followed. A
    directory that is a SavedModel is one, whatever else lies in it.
    `settings` gives those of a folder, with what they exclude; with `force_exclude` that holds for named files, too.
    """
    files: dict[str, Path] = {}
    saved_models: dict[str, Path] = {}
    walked: set[str] = set()
    failures: list[Failure] = []
    for path in paths:
        here = Path(os.path.abspath(path))
        if not here.is_dir():
            if problem := _no_file(here):
                failures.append(Failure(here, problem))
            elif not (force_exclude and _excluded(here, settings, failures)):
                files.setdefault(os.path.realpath(here), here)
            continue
        if any((here / name).is_file() for name in SAVED_MODEL):
            saved_models[os.path.realpath(here)] = here
            continue
        told, empty = len(failures), True
        for identity, candidate in _walk(here, settings, failures):
            empty = False
            if identity not in files:
                files[identity] = Path(candidate)
                walked.add(candidate)
        if empty and len(failures) == told:
            failures.append(Failure(here, "no Python file lies in this directory"))
    return Found(tuple(files.values()), frozenset(walked), tuple(failures), tuple(saved_models.values()))


def _excluded(path: Path, settings: SettingsOf, failures: list[Failure]) -> bool:
    """Whether the settings of a named file exclude it, or a folder that it lies in."""
    try:
        chosen = settings(path.parent)
    except BadConfiguration as error:
        failures.append(Failure(error.file, str(error)))
        return True
    return chosen.excludes(path)


def _no_file(path: Path) -> str:
    """Why there is nothing to read at a path, "" where there is."""
    try:
        # A named pipe would never end.
        return "" if stat.S_ISREG(path.stat().st_mode) else "not a regular file"
    except FileNotFoundError:
        return "the link points nowhere" if path.is_symlink() else "no such file or directory"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


@dataclass(frozen=True, slots=True)
class _Ignore:
    """A `.gitignore` and the folder it speaks of."""

    folder: str
    spec: GitIgnoreSpec


def _walk(top: Path, settings: SettingsOf, failures: list[Failure]) -> Iterator[tuple[str, str]]:
    """The sources below a folder, each behind the path that it really has."""
    outer = tuple(ignore for folder in _git_parents(top) if (ignore := _gitignore(str(folder))))
    pending = [(str(top), os.path.realpath(top), outer)]
    while pending:
        folder, real, ignores = pending.pop()
        try:
            chosen = settings(Path(folder))
        except BadConfiguration as error:
            failures.append(Failure(error.file, str(error)))
            continue
        if own := _gitignore(folder):
            ignores = (own, *ignores)
        try:
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            failures.append(Failure(Path(folder), f"cannot be read: {error.strerror}"))
            continue
        inner: list[tuple[str, str, tuple[_Ignore, ...]]] = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                excluded = chosen.exclude and chosen.excludes(Path(entry.path), folder=True)
                if _holds_sources(entry) and not excluded and not _ignored(entry.path + "/", ignores):
                    inner.append((entry.path, os.path.join(real, entry.name), ignores))
            elif _is_source(entry) and not _ignored(entry.path, ignores):
                if chosen.exclude and chosen.excludes(Path(entry.path)):
                    continue
                if entry.is_file(follow_symlinks=False):
                    yield f"{real}{os.sep}{entry.name}", entry.path
                elif problem := _no_file(path := Path(entry.path)):
                    failures.append(Failure(path, problem))
                else:
                    yield os.path.realpath(entry.path), entry.path
        pending += reversed(inner)


def _is_source(entry: os.DirEntry[str]) -> bool:
    return entry.name.endswith((".py", NOTEBOOK)) and entry.name[0] != "."


def _holds_sources(directory: os.DirEntry[str]) -> bool:
    name, path = directory.name, Path(directory.path)
    if name.startswith(".") or name in NOT_SOURCES or name.endswith(".egg-info"):
        return False
    return not (path / "pyvenv.cfg").is_file() and not (path / "conda-meta").is_dir()


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


def _gitignore(folder: str) -> _Ignore | None:
    try:
        with open(f"{folder}/.gitignore", encoding="utf-8", errors="replace") as lines:
            text = lines.read()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec

    return _Ignore(f"{folder}/", GitIgnoreSpec.from_lines(text.splitlines()))


def _ignored(path: str, ignores: tuple[_Ignore, ...]) -> bool:
    """Git's law: the deepest `.gitignore` that says anything about a path decides."""
    for ignore in ignores:
        said = ignore.spec.check_file(path.removeprefix(ignore.folder)).include
        if said is not None:
            return said
    return False
