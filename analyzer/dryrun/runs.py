"""One job on its way through the stages: build, convert, invoke."""

from __future__ import annotations

import secrets
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from analyzer.dryrun import conversions
from analyzer.dryrun.answers import BuildAnswer, Forged, ModelFiles, outcome_from_json, read
from analyzer.dryrun.conversions import By
from analyzer.dryrun.keeping import Keeper
from analyzer.dryrun.processes import Broken, Ended, Limits, Worker
from analyzer.dryrun.protocol import BuiltModel, ConversionResult, Converter, Job, Kept, ModelRun, Outcome
from analyzer.dryrun.remembered import Read
from analyzer.dryrun.scratch import Place, working_folder
from analyzer.dryrun.seats import Seat

MOST_LOST = 3
"""Workers that one program may end before it gets no other."""


@dataclass(frozen=True, slots=True)
class _Built:
    """What one build stage came to."""

    ended: Ended
    answer: BuildAnswer
    outcome: Outcome


class Run:
    """One job, its folder and the worker that serves it."""

    def __init__(
        self, seat: Seat, job: Job, place: Place, report: Callable[[str], None], cancelled: threading.Event
    ) -> None:
        self.seat = seat
        self.job = job
        self.place = place
        self.report = report
        self.cancelled = cancelled
        self.limits = Limits(job.seconds, job.memory_bytes, job.disk_bytes, job.processes)
        pythons = (seat.python, *seat.converters, Path(sys.prefix))
        self.needed = (Path(job.program), Path(job.project), *map(Path, job.overlay), *pythons)
        self.lost = 0
        self.kept: list[Kept] = []
        self.opened: set[str] | None = set()
        """What the stages looked for on disk; None once one of them could not tell, or did not end by itself."""
        self.installed: set[Path] = set()
        self.roots: list[Path] = []

    def outcome(self) -> Outcome:
        """What happened. Raises Broken, Cancelled, and Forged or Moved for a program that tampers with its run."""
        worker = self._worker(self.seat.python)
        own = By(worker.greeting["tensorflow"], partial(self._stage, self.seat.python))
        self.report(f"building {Path(self.job.program).name}")
        built, as_v1 = self._build(bool(self.job.present_as_v1)), bool(self.job.present_as_v1)
        names: tuple[str, ...] = ()
        if self.job.present_as_v1 is None and built.answer.wants_v1:
            names = built.answer.v1_names
            self.report("building it as a TensorFlow 1 program")
            other = self._build(True)
            if other.answer.models or not built.answer.models:
                built, as_v1 = other, True
        converters, foreign = self._others(own.version)
        models = tuple(
            self._as_called(self._convert(model, files, keeping), files, keeping[0])
            for model, files, keeping in self._each(built, [own, *foreign])
        )
        return replace(
            _stopped(built, self.job),
            tensorflow=own.version,
            python=worker.greeting["python"],
            not_enforced=self.seat.mechanisms.not_enforced,
            legacy_keras=bool(worker.greeting["legacy_keras"]),
            presented_as_v1=as_v1,
            v1_names=names,
            models=models,
            converters=tuple(converters),
            kept=tuple(self.kept),
        )

    def _each(self, built: _Built, converters: Sequence[By]) -> Iterator[tuple[ModelRun, ModelFiles, list[By]]]:
        """Each model with its files, and with converters that keep its flatbuffers."""
        named: Counter[str] = Counter()
        for model, files in zip(built.outcome.models, built.answer.models, strict=True):
            name = model.model_fn.function if model.model_fn is not None else "model"
            named[name] += 1
            unlike = f"{name}-{named[name]}" if named[name] > 1 else name
            yield model, files, [replace(by, keep=partial(self._keep, unlike)) for by in converters]

    def _keep(self, model: str, result: ConversionResult, flatbuffer: Path) -> None:
        """Keep a flatbuffer where that is asked for."""
        if self.job.save_to:
            keeper = Keeper(Path(self.job.save_to), Path(self.job.program), trained=self.job.is_saved_model)
            by = f"tf{result.converter}" if self.seat.converters else ""
            self.kept.append(keeper.keep(flatbuffer, model, result.signature or "", result.profile, by))

    def _others(self, builder: str) -> tuple[list[Converter], list[By]]:
        """The other TensorFlows that were to convert, and those that can: each version once."""
        asked: list[Converter] = []
        able: dict[str, By] = {}
        for python in self.seat.converters:
            try:
                version = self._worker(python).greeting["tensorflow"]
            except Broken as error:
                asked.append(Converter(str(python), message=str(error)))
                continue
            if version == builder or version in able:
                words = f"{python} has TensorFlow {version}, which converts already: leave it out"
                asked.append(Converter(str(python), message=words))
                continue
            asked.append(Converter(str(python), version))
            able[version] = By(version, partial(self._foreign_stage, python), foreign=True)
        return asked, list(able.values())

    def _worker(self, python: Path) -> Worker:
        if not self.seat.is_warm(python):
            self.report(f"importing TensorFlow in {python}")
        worker = self.seat.worker(python, self.needed, self.cancelled)
        self.installed |= {Path(path) for path in (*worker.greeting["made_of"], *worker.greeting["installed"])}
        return worker

    def _build(self, as_v1: bool) -> _Built:
        built = self._ask_build(as_v1, run_program=True)
        if not built.answer.finished and not built.answer.models and self.job.entry_points:
            other = self._ask_build(as_v1, run_program=False)
            if other.answer.models:
                return replace(other, ended=replace(other.ended, how=built.ended.how, signal=built.ended.signal))
        return built

    def _ask_build(self, as_v1: bool, run_program: bool) -> _Built:
        folder = self.place.folder()
        if self.job.is_saved_model:
            return self._told(self._ask(self.seat.python, "load", job=asdict(self.job), scratch=str(folder)))
        cwd = working_folder(Path(self.job.program), Path(self.job.project), folder)
        self.roots.append(cwd)
        more = {"job": asdict(self.job) | {"as_v1": as_v1}, "scratch": str(folder), "cwd": str(cwd)}
        return self._told(self._ask(self.seat.python, "build", run_program=run_program, **more))

    def _told(self, ended: Ended) -> _Built:
        told = ended.result or {}
        return _Built(ended, read(BuildAnswer, told), outcome_from_json(told))

    def _ask(self, python: Path, stage: str, **more: Any) -> Ended:
        if self.lost > MOST_LOST:
            raise Broken("the worker was ended by the program again and again")
        result = self.place.new(f"{stage}-{secrets.token_hex(8)}.json")
        ended = self._worker(python).ask(stage, result, self.limits, self.cancelled, **more)
        self.lost += ended.how == "lost"
        told = ended.result.get("opened") if ended.result is not None and ended.how == "done" else None
        if self.opened is not None and isinstance(told, list) and all(isinstance(path, str) for path in told):
            self.opened |= set(told)
        else:
            self.opened = None
        return ended

    def _convert(self, model: ModelRun, files: ModelFiles, converters: Sequence[By]) -> ModelRun:
        """The model as written and mended, as far as either was built, with its conversions by each TensorFlow."""
        mended = files.mended.saved if files.mended is not None else None
        return replace(
            model,
            as_written=self._converted(model.as_written, files.as_written.saved, converters),
            mended=model.mended and self._converted(model.mended, mended, converters),
        )

    def _converted(self, built: BuiltModel, saved: str | None, converters: Sequence[By]) -> BuiltModel:
        if saved is None:
            return built
        folder = self._inside(saved)
        for by in converters:
            built = conversions.convert(built, folder, self.job.profiles, by, self.job.int8)
        return built

    def _as_called(self, model: ModelRun, files: ModelFiles, by: By) -> ModelRun:
        """The conversions that the program makes itself, of the SavedModel that stood in for its export."""
        saved = files.as_written.saved or (files.mended.saved if files.mended is not None else None)
        if saved is None:
            return model
        built = model.as_written if files.as_written.saved else model.mended or model.as_written
        calls = tuple(
            conversions.as_called(call, built, self._inside(saved), asked.pickle, by)
            for call, asked in zip(model.calls, files.calls, strict=True)
        )
        return replace(model, calls=calls)

    def _inside(self, path: str) -> Path:
        if self.place.path not in Path(path).resolve().parents:
            raise Forged(path)
        return Path(path)

    def read(self) -> Read | None:
        """What the outcome hangs on; None where that cannot be told, or where a limit had a part in it."""
        if self.opened is None:
            return None
        files = (original for path in self.opened for original in self._originals(Path(path)))
        return Read(frozenset(files), frozenset(self.installed))

    def _originals(self, path: Path) -> list[Path]:
        """The user's files that a path of the run stands for; folders of the project are told by what lies in them."""
        own = dict.fromkeys((Path(self.job.program).parent, Path(self.job.project)))
        for root in self.roots:
            if root in (path, *path.parents):
                found = [folder / path.relative_to(root) for folder in own]
                return [one for one in found if not one.is_dir()]
        inside = any(folder in (path, *path.parents) for folder in own)
        is_passed_over = self.place.path in path.parents or "__pycache__" in path.parts or (inside and path.is_dir())
        return [] if is_passed_over else [path]

    def _stage(self, python: Path, stage: str, what: str, **more: Any) -> Ended:
        self.report(what)
        return self._ask(python, stage, **more)

    def _foreign_stage(self, python: Path, stage: str, what: str, **more: Any) -> Ended:
        """A converter that cannot be started any more does not take the results of the others with it."""
        try:
            return self._stage(python, stage, what, **more)
        except Broken:
            return Ended("lost")


def _stopped(built: _Built, job: Job) -> Outcome:
    """What the build stage as a whole came to; models that could be tried outweigh the program's own end."""
    name = Path(job.program).name
    outcome, ended = built.outcome, built.ended
    tried = any(model.as_written.stopped_at or model.as_written.ops for model in outcome.models)
    if ended.how == "done" and built.answer.finished:
        return replace(outcome, stopped_at=None) if tried else outcome
    if tried:
        return replace(outcome, stopped_at=None, message=f"{name} was not followed to its end: {ended.words}")
    kind = "timeout" if ended.how == "timeout" else "crashed"
    return replace(outcome, stopped_at=kind, message=f"{name} was stopped: {ended.words}")
