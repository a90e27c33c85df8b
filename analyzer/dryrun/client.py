"""Runs programs' dry runs in another interpreter: whatever a program does, an Outcome comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from analyzer.dryrun import conversions, sandbox
from analyzer.dryrun.processes import Broken, Ended, Worker, located
from analyzer.dryrun.protocol import Job, ModelRun, Outcome, outcome_from_json

MOST_RESTARTS = 3

Report = Callable[[str], None]


def _quiet(text: str) -> None:
    """Report to nobody."""


def run(job: Job, python: Path, report: Report = _quiet) -> Outcome:
    """Build, convert and run one program; never raises for anything that the program or the interpreter does."""
    return next(run_many([job], python, report))


def run_many(jobs: Iterable[Job], python: Path, report: Report = _quiet) -> Iterator[Outcome]:
    """The outcome of each job in turn; TensorFlow is imported once for all of them."""
    with sandbox.scratch() as folder:
        session = _Session(located(python), folder)
        try:
            for number, job in enumerate(jobs):
                place = folder / f"job{number}"
                place.mkdir()
                yield _run_one(session, job, place, report)
        finally:
            session.close()


class _Session:
    """The worker of one interpreter, started when it is first needed and again when a program ended it."""

    def __init__(self, python: Path, folder: Path) -> None:
        self.python = python
        self.folder = folder
        self._worker: Worker | None = None
        self._starts = 0

    @property
    def worker(self) -> Worker:
        if self._worker is None or not self._worker.alive:
            if self._starts > MOST_RESTARTS:
                raise Broken("the worker was ended by the program again and again")
            self._starts += 1
            self._worker = Worker(self.python, self.folder)
        return self._worker

    def close(self) -> None:
        if self._worker is not None:
            self._worker.close()


def _run_one(session: _Session, job: Job, folder: Path, report: Report) -> Outcome:
    started = time.monotonic()
    try:
        report(f"importing TensorFlow in {session.python}")
        greeting = session.worker.greeting
        known = Outcome(
            tensorflow=greeting["tensorflow"], python=greeting["python"], not_enforced=tuple(greeting["not_enforced"])
        )
        report(f"building {Path(job.program).name}")
        outcome = _Run(session, job, folder, report).outcome(known)
    except Broken as error:
        outcome = Outcome(stopped_at="interpreter", message=str(error))
    return replace(outcome, seconds=round(time.monotonic() - started, 3))


class _Run:
    """One job on its way through the stages."""

    def __init__(self, session: _Session, job: Job, folder: Path, report: Report) -> None:
        self.session = session
        self.job = job
        self.folder = folder
        self.report = report
        self.builds = 0
        self.version = ""

    def outcome(self, known: Outcome) -> Outcome:
        self.version = known.tensorflow or ""
        ended, as_v1 = self._build(bool(self.job.present_as_v1)), bool(self.job.present_as_v1)
        names: list[str] = []
        if self.job.present_as_v1 is None and ended.result and ended.result["wants_v1"]:
            names = ended.result["v1_names"]
            self.report("building it as a TensorFlow 1 program")
            other = self._build(True)
            if (other.result and other.result["models"]) or not ended.result["models"]:
                ended, as_v1 = other, True
        data = ended.result or {"models": []}
        built = outcome_from_json(data)
        models = tuple(
            self._as_called(
                self._convert(model, told["as_written"]["saved"], told["mended"] and told["mended"]["saved"]), told
            )
            for model, told in zip(built.models, data["models"], strict=True)
        )
        return replace(
            _stopped(built, ended, self.job),
            tensorflow=known.tensorflow,
            python=known.python,
            not_enforced=known.not_enforced,
            presented_as_v1=as_v1,
            v1_names=tuple(names),
            models=models,
        )

    def _build(self, as_v1: bool) -> Ended:
        ended = self._ask_build(as_v1, run_program=True)
        unfinished = ended.result is None or not ended.result["finished"]
        if unfinished and not (ended.result and ended.result["models"]) and self.job.entry_points:
            other = self._ask_build(as_v1, run_program=False)
            if other.result and other.result["models"]:
                return replace(other, how=ended.how, signal=ended.signal)
        return ended

    def _ask_build(self, as_v1: bool, run_program: bool) -> Ended:
        self.builds += 1
        folder = self.folder / f"build{self.builds}"
        folder.mkdir()
        cwd = sandbox.working_folder(Path(self.job.program), Path(self.job.project), folder)
        more = {"job": asdict(self.job) | {"as_v1": as_v1}, "scratch": str(folder), "cwd": str(cwd)}
        return self._ask("build", folder, run_program=run_program, **more)

    def _ask(self, stage: str, folder: Path, **more: Any) -> Ended:
        return self.session.worker.ask(stage, folder, self.job.seconds, self.job.memory_bytes, **more)

    def _convert(self, model: ModelRun, as_written: str | None, mended: str | None) -> ModelRun:
        profiles, version = self.job.profiles, self.version
        if as_written is not None:
            built = conversions.convert(model.as_written, Path(as_written), profiles, version, self._stage)
            return replace(model, as_written=built)
        if mended is not None and model.mended is not None:
            built = conversions.convert(model.mended, Path(mended), profiles, version, self._stage)
            return replace(model, mended=built)
        return model

    def _as_called(self, model: ModelRun, told: Mapping[str, Any]) -> ModelRun:
        """The conversions that the program makes itself, of the SavedModel that stood in for its export."""
        builds = [built for built in (told["as_written"], told["mended"]) if built is not None and built["saved"]]
        if not builds:
            return model
        built = model.as_written if told["as_written"]["saved"] else model.mended or model.as_written
        saved = Path(builds[0]["saved"])
        calls = tuple(
            conversions.as_called(call, built, saved, asked["pickle"], self._stage)
            for call, asked in zip(model.calls, told["calls"], strict=True)
        )
        return replace(model, calls=calls)

    def _stage(self, stage: str, folder: Path, what: str, **more: Any) -> Ended:
        self.report(what)
        return self._ask(stage, folder, **more)


def _stopped(built: Outcome, ended: Ended, job: Job) -> Outcome:
    """What the build stage as a whole came to; models that could be tried outweigh the program's own end."""
    name = Path(job.program).name
    tried = any(model.as_written.stopped_at or model.as_written.ops for model in built.models)
    if ended.how == "done":
        return replace(built, stopped_at=None) if tried else built
    if tried:
        return replace(built, stopped_at=None, message=f"{name} was not followed to its end: {ended.words}")
    kind = "timeout" if ended.how == "timeout" else "crashed"
    return replace(built, stopped_at=kind, message=f"{name} was stopped: {ended.words}")
