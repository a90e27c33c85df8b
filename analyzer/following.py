"""Many files followed, each once: what is remembered is not read again, the rest is shared out among processes."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.cache import Memory, Seen
from analyzer.followed import Followed
from analyzer.glancing import glance, hearsay
from analyzer.reading.source import UnreadableSource
from analyzer.reports import Failure

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from analyzer.reading.project import Project

READ_TOGETHER = 128
"""Files for one process at a time."""
FOLLOWED_TOGETHER = 8
"""Programs that are followed before the trees of what they import are forgotten."""
WORTH_A_PROCESS = 16
"""Files from which on several processes are faster than one."""

Progress = Callable[[str], None]


@dataclass(slots=True)
class Told:
    """What came of some files."""

    seen: dict[str, Seen] = field(default_factory=dict)
    followed: dict[str, Followed] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, other: Told) -> None:
        self.seen |= other.seen
        self.followed |= other.followed
        self.failures |= other.failures


Work = Callable[[Sequence[str]], Told]


def follow_all(
    files: Sequence[Path], walked: frozenset[str], memory: Memory, jobs: int, progress: Progress
) -> tuple[list[Followed], list[Failure]]:
    """Every file that may matter, followed, in the order of `files`, and why others could not be.

    `walked` are the paths of those that were not named but lay in a folder: they are read, and parsed only where they
    speak of Estimators or import a file that does. `memory` is what is known, and learns the rest.
    """
    paths = [str(file) for file in files]
    told, known = Told(), {path: memory.seen[path] for path in paths if memory.is_seen(path)}
    for part in _shared_out(read, [path for path in paths if path not in known], READ_TOGETHER, jobs):
        told.add(part)
        progress(f"{len(told.seen):,} of {len(files):,} files read")
    glances = {path: seen.glance for path, seen in (known | told.seen).items()}
    heard = set(hearsay(glances))
    wanted = [
        path
        for path, seen in glances.items()
        if not seen.problem and (seen.speaks or path in heard or path not in walked)
    ]
    recalled = memory.recalled(wanted)
    for part in _shared_out(follow_some, [path for path in wanted if path not in recalled], FOLLOWED_TOGETHER, jobs):
        told.add(part)
        progress(f"{len(told.followed):,} programs followed")
    memory.learn(told.seen, told.followed)
    followed = recalled | told.followed
    failures = {path: seen.problem for path, seen in glances.items() if seen.problem} | told.failures
    return (
        [followed[path] for path in paths if path in followed],
        [Failure(Path(path), failures[path]) for path in paths if path in failures],
    )


def _shared_out(work: Work, paths: Sequence[str], most: int, jobs: int) -> Iterator[Told]:
    """The work on `paths`, at most so many at a time, by several processes where there is enough to do for them."""
    jobs = min(jobs, -(-len(paths) // WORTH_A_PROCESS))
    size = max(1, min(most, -(-len(paths) // (8 * jobs)))) if jobs else most
    parts = [paths[start : start + size] for start in range(0, len(paths), size)]
    if jobs < 2:
        with _frozen():
            yield from map(work, parts)
        return
    from concurrent.futures import BrokenExecutor, as_completed

    lost: list[Sequence[str]] = []
    with _pool(jobs) as pool:
        pending = {pool.submit(work, part): part for part in parts}
        if work is read:
            # While others read: the processes that follow are forked with it.
            import analyzer.analysis  # noqa: F401
        for done in as_completed(pending):
            try:
                yield done.result()
            except BrokenExecutor:
                lost.append(pending[done])
    yield from (_alone(work, path) for part in lost for path in part)


def _alone(work: Work, path: str) -> Told:
    """One file of those whose process was ended: it may be the one that ended it."""
    from concurrent.futures import BrokenExecutor

    with _pool(1) as pool:
        try:
            return pool.submit(work, (path,)).result()
        except BrokenExecutor:
            return Told(
                failures={path: "the process that analysed it was ended: it may need more memory than there is"}
            )


def _pool(jobs: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(
        jobs, mp_context=get_context("fork" if sys.platform == "linux" else "spawn"), initializer=gc.freeze
    )


def follow(project: Project, path: Path) -> Followed | str:
    """One file followed, or why it could not be."""
    from analyzer.analysis import analyze

    try:
        return analyze(project, path)
    except (OSError, UnreadableSource) as error:
        return f"cannot be read: {error}"
    except Exception as error:
        return f"tflint itself failed on it, please report this: {type(error).__name__}: {error}"


def read(paths: Sequence[str]) -> Told:
    """Reads files, and sees which of them may matter."""
    told = Told()
    for path in paths:
        try:
            with open(path, "rb", buffering=0) as file:
                changed, data = os.fstat(file.fileno()).st_mtime_ns, file.readall()
        except OSError as error:
            told.failures[path] = f"cannot be read: {error.strerror}"
        else:
            told.seen[path] = Seen(changed, glance(path, data))
    return told


def follow_some(paths: Sequence[str]) -> Told:
    """Follows files, those together that import the same."""
    with _collected_at_the_end():
        return _followed(paths)


def _followed(paths: Sequence[str]) -> Told:
    from analyzer.reading.project import Project

    told, project = Told(), Project()
    for path in paths:
        match follow(project, Path(path).resolve()):
            case str() as why:
                told.failures[path] = why
            case followed:
                told.followed[path] = followed
    return told


@contextmanager
def _collected_at_the_end() -> Iterator[None]:
    """Syntax trees are full of cycles and live for a while: collecting before that finds nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        if was_on:
            gc.enable()


@contextmanager
def _frozen() -> Iterator[None]:
    """What is there already will stay: collections need not look at it."""
    # Once, not for each task: astroid keeps the last class alive, and frozen its tree would never be collected.
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
