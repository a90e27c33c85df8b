"""The build stage: run the program with its Estimators silenced, and build each export it asks for."""

from __future__ import annotations

import operator
import os
import random
import sys
import tempfile
from typing import Any

from . import entrypoints, packages, running, standin, views
from .asking import Watch
from .frames import Project, raised
from .graphs import Bodies
from .limits import TimeIsUp, at_most
from .models import Builder
from .overlay import Overlay
from .recording import Export, Recorder, Seen
from .serving import save

PROGRAM_SHARE = 0.55
"""Of the stage's time, what the program itself may take before its models are built without it."""
MOST_MODELS = 8


class Build:
    """One program, its recorded Estimators and the models built so far."""

    def __init__(self, request: dict[str, Any]) -> None:
        job = request["job"]
        self.job = job
        self.result = request["result"]
        self.seconds = request["seconds"]
        self.project = Project(job["project"], job["program"])
        self.overlay = Overlay(job["overlay"])
        self.bodies = Bodies()
        exports = os.path.join(request["scratch"], "exports")
        os.makedirs(exports, exist_ok=True)
        self.recorder = Recorder(self.project, self.on_export, exports)
        self.watch = self.recorder.watch = Watch(self.project, request["scratch"], self.save)
        scratch, seconds = request["scratch"], request["seconds"] / 4
        self.builder = Builder(self.project, self.bodies, self.recorder, scratch, seconds, job["drawn"])
        self.outcome: dict[str, Any] = {
            "control_flow_v2": None,
            "stopped_at": None,
            "raised": None,
            "message": "",
            "models": [],
            "v1_names": [],
            "wants_v1": False,
            "finished": False,
        }
        self.done: list[tuple[Seen, Any, bool]] = []
        self.asked_by = ""
        """How the function was found that the dry run is calling, "" while the program runs by itself."""
        text = self.overlay.read(job["program"])
        self.main_lines = running.main_lines(text)
        self.package = packages.package(job["program"], text)

    def on_export(self, export: Export) -> dict[str, Any] | None:
        """Build the export now: the program's state is what the real call would see."""
        asked = (export.seen, export.receiver_fn, export.serves)
        again = next((at for at, done in enumerate(self.done) if all(map(operator.is_, asked, done))), None)
        if again is not None:
            found: dict[str, Any] = self.outcome["models"][again]
            return found
        if len(self.done) >= MOST_MODELS:
            return None
        behind_main = export.frames and export.frames[0]["line"] in self.main_lines
        found_by = self.asked_by or ("main" if behind_main else "export call")
        return self.add(export.seen, export.receiver_fn, export.frames, found_by, export.serves)

    def add(
        self, seen: Seen, receiver_fn: Any, frames: Any, found_by: str, serves: bool = True, limits: Any = ()
    ) -> dict[str, Any]:
        """Build one pair and leave it in the outcome."""
        self.done.append((seen, receiver_fn, serves))
        model = self.builder.build(seen, receiver_fn, frames, found_by, serves, list(limits))
        self.outcome["models"].append(model)
        self.outcome["control_flow_v2"] = control_flow_v2()
        self.save()
        return model

    def save(self) -> None:
        """Leave what is known so far, for the case that this process does not get further."""
        self.outcome["wants_v1"] = bool(self.v1_reasons())
        save(self.outcome, self.result)

    def v1_reasons(self) -> list[str]:
        """The names (or "", for eager execution) whose lack stopped the program, and which compat.v1 has."""
        words = [self.outcome["raised"]["words"]] if self.outcome["raised"] else []
        for model in self.outcome["models"]:
            built = model["as_written"]
            words += [built["raised"]["words"]] if built["raised"] else []
            words += [built["train"]["reason"]] if built["train"] else []
            words += model["limits"]
        return [name for name in map(views.calls_for_v1, words) if name is not None] if not self.job["as_v1"] else []


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Serve one request of stage "build"."""
    build = Build(request)
    job = build.job
    _settle(job["program"], request["cwd"], request["scratch"])
    packages.set_path(job["program"], bool(build.package), job["roots"])
    build.outcome["stand_in"] = standin.install()
    if job["as_v1"]:
        views.present_as_v1()
    build.overlay.install()
    build.bodies.install()
    try:
        build.recorder.install()
        build.watch.install()
    except ImportError as error:
        build.outcome["message"] = "this TensorFlow has no tf.estimator (%s)" % error
    namespace: dict[str, Any] = {}
    if request["run_program"]:
        namespace = _run_program(build)
    entrypoints.build_configured(build, namespace)
    if not build.outcome["models"]:
        entrypoints.build_without_export(build, namespace)
    outcome = build.outcome
    if build.v1_reasons():
        sources = running.sources(build.project, job["program"])
        outcome["v1_names"] = views.v1_names([build.overlay.read(path) for path in sources])
    if outcome["raised"] is not None and outcome["stopped_at"] is None and not any(map(_tried, outcome["models"])):
        outcome["stopped_at"] = "import"
    outcome["finished"] = True
    build.save()
    return outcome


def _tried(model: dict[str, Any]) -> bool:
    return bool(model["as_written"]["stopped_at"] or model["as_written"]["ops"])


def _settle(program: str, cwd: str, scratch: str) -> None:
    """Give the program the surroundings it expects, its writes in the scratch folder."""
    for name in ("HOME", "TMPDIR"):
        os.environ[name] = os.path.join(scratch, name.lower())
        os.makedirs(os.environ[name], exist_ok=True)
    tempfile.tempdir = os.environ["TMPDIR"]
    os.chdir(cwd)
    sys.argv = [program]
    sys.dont_write_bytecode = True
    random.seed(0)


def _run_program(build: Build) -> dict[str, Any]:
    program, interactive = build.job["program"], build.job["interactive"]
    namespace, outcome = running.fresh_main(program, interactive, build.package), build.outcome
    try:
        with at_most(build.seconds * PROGRAM_SHARE):
            running.execute(program, namespace, build.overlay, interactive)
    except TimeIsUp:
        outcome["stopped_at"] = "timeout"
        outcome["message"] = "the program did not end within %d s" % (build.seconds * PROGRAM_SHARE)
    except SystemExit as error:
        if error.code not in (0, None):
            outcome["raised"] = raised(error, build.project)
            outcome["message"] = "the program exits with %r" % (error.code,)
    except BaseException as error:
        outcome["raised"] = raised(error, build.project)
        outcome["message"] = "the program stops: " + build.project.sentence(outcome["raised"])
        build.watch.stopped(outcome["raised"])
    build.save()
    return namespace


def control_flow_v2() -> bool:
    """Whether loops and conditionals became While and If operations."""
    from tensorflow.python.ops import control_flow_util

    return bool(control_flow_util.ENABLE_CONTROL_FLOW_V2)
