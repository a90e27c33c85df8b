"""Many files followed, each once: what is remembered is not read again, the rest is shared out among processes."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.cache import Memory, Seen
from analyzer.findings import Failure
from analyzer.followed import Followed
from analyzer.glancing import glance, hearsay
from analyzer.reading.source import UnreadableSource

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from analyzer.reading.project import Project

READ_TOGETHER = 128
"""Files for one process at a time."""
PARSED_TOGETHER = 16
"""Programs that are followed before the trees of what they import are forgotten."""
WORTH_A_PROCESS = 16
"""Files from which on several processes are faster than one."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Task:
    """Files to look at; `named`: those to follow although they do not speak of what is checked here."""

    paths: tuple[str, ...]
    named: frozenset[str] = frozenset()


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


def follow_all(
    files: Sequence[Path], walked: frozenset[str], memory: Memory, jobs: int, progress: Progress
) -> tuple[list[Followed], list[Failure]]:
    """Every file that may matter, followed, in the order of `files`, and why others could not be.

    `walked` are the paths of those that were not named but lay in a folder: they are read, and parsed only where they
    speak of Estimators or import a file that does. `memory` is what is known, and learns the rest.
    """
    paths = [str(file) for file in files]
    named = set(paths) - walked
    told, known = Told(), {path: memory.seen[path] for path in paths if memory.is_seen(path)}
    unseen = [path for path in paths if path not in known]
    with _processes(len(unseen), jobs) as pool:
        for part in _shared_out(pool, unseen, named, jobs):
            told.add(part)
            progress(f"{len(told.seen):,} of {len(files):,} files read")
        glances = {path: seen.glance for path, seen in (known | told.seen).items()}
        heard = named.union(hearsay(glances))
        wanted = [path for path, seen in glances.items() if seen.speaks or path in heard]
        wanted = [path for path in wanted if not glances[path].problem and path not in told.followed]
        recalled = memory.recalled(wanted)
        wanted = [path for path in wanted if path not in recalled and path not in told.failures]
        for part in _shared_out(pool, wanted, heard, jobs):
            told.add(part)
            progress(f"{len(told.followed):,} programs followed")
    memory.learn(told.seen, told.followed)
    followed = recalled | told.followed
    failures = {path: seen.problem for path, seen in glances.items() if seen.problem} | told.failures
    return (
        [followed[path] for path in paths if path in followed],
        [Failure(Path(path), failures[path]) for path in paths if path in failures],
    )


def _shared_out(pool: Executor | None, paths: Sequence[str], named: Set[str], jobs: int) -> Iterator[Told]:
    size = max(1, min(READ_TOGETHER, -(-len(paths) // (4 * jobs))))
    parts = [paths[start : start + size] for start in range(0, len(paths), size)]
    tasks = [Task(tuple(part), frozenset(path for path in part if path in named)) for part in parts]
    if pool is None:
        yield from map(look, tasks)
        return
    from concurrent.futures import BrokenExecutor, as_completed

    pending = {pool.submit(look, task): task for task in tasks}
    lost: list[Task] = []
    for done in as_completed(pending):
        try:
            yield done.result()
        except BrokenExecutor:
            lost.append(pending[done])
    for task in lost:
        yield from (_alone(path, task.named) for path in task.paths)


def _alone(path: str, named: frozenset[str]) -> Told:
    """One file of a task whose process was ended: it may be the one that ended it."""
    from concurrent.futures import BrokenExecutor

    with _pool(1) as pool:
        try:
            return pool.submit(look, Task((path,), named.intersection((path,)))).result()
        except BrokenExecutor:
            return Told(
                failures={path: "the process that analysed it was ended: it may need more memory than there is"}
            )


@contextmanager
def _processes(files: int, jobs: int) -> Iterator[Executor | None]:
    """Several processes, where there is enough to do for them."""
    jobs = min(jobs, -(-files // WORTH_A_PROCESS))
    if jobs < 2:
        yield None
        return
    with _pool(jobs) as pool:
        yield pool


def _pool(jobs: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    if sys.platform != "linux":
        return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    import analyzer.analysis  # noqa: F401  (imported once, for all that are forked)

    return ProcessPoolExecutor(jobs, mp_context=get_context("fork"))


def follow(project: Project, path: Path) -> Followed | str:
    """One file followed, or why it could not be."""
    from analyzer.analysis import analyze

    try:
        return analyze(project, path)
    except (OSError, UnreadableSource) as error:
        return f"cannot be read: {error}"
    except Exception as error:
        return f"tflint itself failed on it, please report this: {type(error).__name__}: {error}"


def look(task: Task) -> Told:
    """Reads files and follows those that may matter."""
    with _collected_at_the_end():
        return _looked(task)


def _looked(task: Task) -> Told:
    from analyzer.reading.project import Project

    told, project = Told(), Project()
    for path in task.paths:
        try:
            with open(path, "rb", buffering=0) as file:
                changed, data = os.fstat(file.fileno()).st_mtime_ns, file.readall()
        except OSError as error:
            told.failures[path] = f"cannot be read: {error.strerror}"
            continue
        seen = told.seen[path] = Seen(changed, glance(path, data))
        if seen.glance.problem or not (seen.glance.speaks or path in task.named):
            continue
        match follow(project, Path(path).resolve()):
            case str() as why:
                told.failures[path] = why
            case followed:
                told.followed[path] = followed
        if len(told.followed) % PARSED_TOGETHER == 0:
            project = Project()
            gc.collect()
    return told


@contextmanager
def _collected_at_the_end() -> Iterator[None]:
    """Syntax trees are full of cycles and live for a while: collecting before that finds nothing."""
    was_on = gc.isenabled()
    gc.disable()
    # What is there already will stay: a collection need not look at it.
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        if was_on:
            gc.enable()


def processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
