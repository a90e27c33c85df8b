"""Outcomes of dry runs kept between commands: an unchanged program is not run again.

One file for each job, in the folder of tflint's cache. It holds as long as all that the run read is what it was: the
modules of the program's own and every file that it opened, by content; data files beside it, which TensorFlow reads
where Python does not see it, and what the interpreter has installed, by their times. A run that broke a limit, was
killed or died is not kept.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path

from analyzer import __version__
from analyzer.cache import program
from analyzer.dryrun import environment
from analyzer.dryrun.answers import Forged, outcome_from_json, to_json
from analyzer.dryrun.protocol import Job, Outcome
from analyzer.dryrun.scratch import data_files
from analyzer.reading.stamps import modified, stamp

MOST_HASHED_BYTES = 64 << 20
"""Of a larger file the time and size are what is compared."""
KEPT_SECONDS = 30 * 24 * 3600.0
LASTING = (None, "import")


@dataclass(frozen=True, slots=True)
class Read:
    """What a run depended on, as the worker reports it."""

    files: frozenset[Path] = frozenset()
    """Looked for or opened, whether they were there or not."""
    installed: frozenset[Path] = frozenset()
    """The interpreter, its TensorFlow, and the folders that it has packages in."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Outcomes in a folder, of one interpreter and one way to run."""

    folder: Path
    way: tuple[str, ...] = ()
    """What else an outcome hangs on: interpreters, sandbox."""
    written_by: str = field(default_factory=lambda: f"{__version__} {program()}")

    def recalled(self, job: Job) -> Outcome | None:
        """The outcome of the same job, where nothing that it read has changed."""
        try:
            file = self._file(job)
            kept = json.loads(file.read_bytes())
            if kept["by"] != self.written_by or kept["data"] != _data(job):
                return None
            if any(_now(Path(path)) != was for path, was in kept["files"].items()):
                return None
            if any(modified(path) != was for path, was in kept["installed"].items()):
                return None
            os.utime(file)
            return outcome_from_json(kept["outcome"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, Forged):
            return None

    def keep(self, job: Job, outcome: Outcome, read: Read, started_ns: int) -> None:
        """Remember an outcome, unless time had a part in it, or a file that it read was changed since it began."""
        if outcome.stopped_at not in LASTING:
            return
        files = {path: _now(path) for path in sorted(read.files)}
        if any(modified(path) >= started_ns for path in files):
            return
        kept = {
            "by": self.written_by,
            "data": _data(job),
            "files": {str(path): now for path, now in files.items()},
            "installed": {str(path): modified(path) for path in sorted(read.installed)},
            "outcome": to_json(outcome),
        }
        file = self._file(job)
        beside = file.with_name(f"{file.name}.{os.getpid()}")
        with suppress(OSError):  # it is run again
            file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(kept))
            beside.replace(file)
            for old in self.folder.iterdir():
                if old.stat().st_mtime < time.time() - KEPT_SECONDS:
                    old.unlink()

    def _file(self, job: Job) -> Path:
        asked = json.dumps([asdict(job), self.way, sorted(environment.passed_on().items())], sort_keys=True)
        return self.folder / f"{blake2b(asked.encode(), digest_size=16).hexdigest()}.json"


def _now(path: Path) -> str:
    """What a file is now: its content, of a large one its time and size, "" where there is none."""
    if path.is_dir():
        return str(modified(path))
    if not path.is_file():
        return ""
    known = path.stat()
    if known.st_size > MOST_HASHED_BYTES:
        return f"{known.st_mtime_ns} {known.st_size}"
    return stamp(path).digest


def _data(job: Job) -> Mapping[str, int]:
    return {str(path): modified(path) for path in data_files(Path(job.program), Path(job.project))}
