"""Runs programs' dry runs in another interpreter: whatever a program does, an Outcome comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from analyzer.dryrun import conversions, sandbox
from analyzer.dryrun.conversions import By
from analyzer.dryrun.processes import Broken, Ended, Worker, located
from analyzer.dryrun.protocol import BuiltModel, Converter, Job, ModelRun, Outcome, outcome_from_json

MOST_RESTARTS = 3

Report = Callable[[str], None]


def _quiet(text: str) -> None:
    """Report to nobody."""


def run(job: Job, python: Path, report: Report = _quiet, converters: Sequence[Path] = ()) -> Outcome:
    """Build, convert and run one program; never raises for anything that the program or the interpreter does."""
    return next(run_many([job], python, report, converters))


def run_many(
    jobs: Iterable[Job], python: Path, report: Report = _quiet, converters: Sequence[Path] = ()
) -> Iterator[Outcome]:
    """The outcome of each job in turn; TensorFlow is imported once for all of them.

    `converters`: interpreters whose TensorFlow converts, too, what that of `python` built.
    """
    with sandbox.scratch() as folder, ExitStack() as sessions:
        session, *others = [
            sessions.enter_context(closing(_Session(located(one), folder))) for one in (python, *converters)
        ]
        for number, job in enumerate(jobs):
            place = folder / f"job{number}"
            place.mkdir()
            yield _run_one(session, others, job, place, report)


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


def _run_one(session: _Session, others: Sequence[_Session], job: Job, folder: Path, report: Report) -> Outcome:
    started = time.monotonic()
    try:
        report(f"importing TensorFlow in {session.python}")
        greeting = session.worker.greeting
        known = Outcome(
            tensorflow=greeting["tensorflow"],
            python=greeting["python"],
            not_enforced=tuple(greeting["not_enforced"]),
            legacy_keras=greeting["legacy_keras"],
        )
        report(f"building {Path(job.program).name}")
        outcome = _Run(session, others, job, folder, report).outcome(known)
    except Broken as error:
        outcome = Outcome(stopped_at="interpreter", message=str(error))
    return replace(outcome, seconds=round(time.monotonic() - started, 3))


class _Run:
    """One job on its way through the stages."""

    def __init__(self, session: _Session, others: Sequence[_Session], job: Job, folder: Path, report: Report) -> None:
        self.session = session
        self.others = others
        self.job = job
        self.folder = folder
        self.report = report
        self.builds = 0

    def outcome(self, known: Outcome) -> Outcome:
        own = By(known.tensorflow or "", partial(self._stage, self.session))
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
        converters, foreign = self._others(own.version)
        models = tuple(
            self._as_called(self._convert(model, told, [own, *foreign]), told, own)
            for model, told in zip(built.models, data["models"], strict=True)
        )
        return replace(
            _stopped(built, ended, self.job),
            tensorflow=known.tensorflow,
            python=known.python,
            not_enforced=known.not_enforced,
            legacy_keras=known.legacy_keras,
            presented_as_v1=as_v1,
            v1_names=tuple(names),
            models=models,
            converters=tuple(converters),
        )

    def _others(self, builder: str) -> tuple[list[Converter], list[By]]:
        """The other TensorFlows that were to convert, and those that can: each version once."""
        asked: list[Converter] = []
        able: dict[str, By] = {}
        for session in self.others:
            try:
                self.report(f"importing TensorFlow in {session.python}")
                version = session.worker.greeting["tensorflow"]
            except Broken as error:
                asked.append(Converter(str(session.python), message=str(error)))
                continue
            if version == builder or version in able:
                words = f"{session.python} has TensorFlow {version}, which converts already: leave it out"
                asked.append(Converter(str(session.python), message=words))
                continue
            asked.append(Converter(str(session.python), version))
            able[version] = By(version, partial(self._stage, session), foreign=True)
        return asked, list(able.values())

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
        return self.session.worker.ask(
            "build", folder, self.job.seconds, self.job.memory_bytes, run_program=run_program, **more
        )

    def _convert(self, model: ModelRun, told: Mapping[str, Any], converters: Sequence[By]) -> ModelRun:
        """The model as written and mended, as far as either was built, with its conversions by each TensorFlow."""
        return replace(
            model,
            as_written=self._converted(model.as_written, _saved(told["as_written"]), converters),
            mended=model.mended and self._converted(model.mended, _saved(told["mended"]), converters),
        )

    def _converted(self, built: BuiltModel, saved: Path | None, converters: Sequence[By]) -> BuiltModel:
        if saved is None:
            return built
        for by in converters:
            built = conversions.convert(built, saved, self.job.profiles, by)
        return built

    def _as_called(self, model: ModelRun, told: Mapping[str, Any], by: By) -> ModelRun:
        """The conversions that the program makes itself, of the SavedModel that stood in for its export."""
        as_written, mended = _saved(told["as_written"]), _saved(told["mended"])
        saved = as_written or mended
        if saved is None:
            return model
        built = model.as_written if as_written else model.mended or model.as_written
        calls = tuple(
            conversions.as_called(call, built, saved, asked["pickle"], by)
            for call, asked in zip(model.calls, told["calls"], strict=True)
        )
        return replace(model, calls=calls)

    def _stage(self, session: _Session, stage: str, folder: Path, what: str, **more: Any) -> Ended:
        self.report(what)
        return session.worker.ask(stage, folder, self.job.seconds, self.job.memory_bytes, **more)


def _saved(built: Mapping[str, Any] | None) -> Path | None:
    """The folder of the SavedModel that was written for a build."""
    return Path(built["saved"]) if built is not None and built["saved"] else None


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
