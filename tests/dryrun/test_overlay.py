"""Texts that stand in for files, run with a real TensorFlow: what an editor has not saved, what a pipe holds."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analyzer import engine
from analyzer.dryrun import client
from analyzer.dryrun.protocol import Job
from analyzer.findings import Verdict
from analyzer.reports import Report
from analyzer.settings import Settings
from tests.dryrun.writing import EXPORT, MODEL, PRELUDE
from tests.reading.notebooks import cell, nb4

pytestmark = pytest.mark.dryrun

PY_FUNC = MODEL.replace('v1.layers.dense(features["apple"], 1)', 'v1.py_func(abs, [features["apple"]], tf.float32)')
SAVED = "raise ValueError('what is on disk ran')\n"


def check(files: list[Path], texts: dict[Path, str]) -> Report:
    return engine.check(files, Settings(dry_run=True, cache=False), lambda _: None, overlay=texts)


def py_func(report: Report) -> tuple[str, int, Verdict]:
    """Where the call of py_func is, and what became of it; nothing else is wrong."""
    assert report.errors == ()
    (found,) = [found for found in report.findings if not found.code.startswith("TFL0")]
    assert found.code == "TFL401"
    return found.span.path.name, found.span.line, found.verdict


def test_unsaved_text_is_run_in_the_place_of_files(tmp_path: Path) -> None:
    program, module = tmp_path / "program.py", tmp_path / "apples.py"
    program.write_text(SAVED)
    module.write_text(SAVED)
    overlay = {
        str(program): "# -*- coding: latin-1 -*-\nfrom apples import *\n" + EXPORT,
        str(module): "# é\n" + PRELUDE + MODEL + "assert __file__.endswith('apples.py')\n",
    }
    job = Job(str(program), str(tmp_path), overlay=overlay, seconds=60.0, memory_bytes=6 << 30)
    outcome = client.run(job, Path(sys.executable))
    (model,) = outcome.models
    assert outcome.stopped_at is None, outcome.message
    assert model.model_fn is not None
    assert model.model_fn.path == str(module)
    assert model.as_written.results[0].outcome == "converts"
    assert program.read_text() == SAVED


def test_a_module_that_is_not_saved_is_checked_and_run(tmp_path: Path) -> None:
    program, module = tmp_path / "program.py", tmp_path / "apples.py"
    program.write_text("from apples import *\n" + EXPORT)
    module.write_text(PRELUDE + MODEL)
    text = "# one line more\n" + PRELUDE + PY_FUNC
    line = text[: text.index("v1.py_func")].count("\n") + 1
    assert py_func(check([program], {module: text})) == ("apples.py", line, Verdict.CONFIRMED)


def test_a_program_that_no_file_holds_yet(tmp_path: Path) -> None:
    (tmp_path / "apples.py").write_text(PRELUDE + PY_FUNC)
    program = tmp_path / "new.py"
    report = check([program], {program: "from apples import *\n" + EXPORT})
    assert py_func(report)[::2] == ("apples.py", Verdict.CONFIRMED)
    assert [path.name for path in tmp_path.iterdir()] == ["apples.py"]


def test_a_model_of_a_program_that_no_file_holds_yet_and_that_stops(tmp_path: Path) -> None:
    program = tmp_path / "new.py"
    text = PRELUDE + PY_FUNC + "def main():\n" + "".join(f"    {line}\n" for line in EXPORT.splitlines())
    assert py_func(check([program], {program: text}))[::2] == ("new.py", Verdict.CONFIRMED)


def test_a_notebook_that_is_not_saved(tmp_path: Path) -> None:
    trial = tmp_path / "trial.ipynb"
    trial.write_text(nb4(cell(SAVED)))
    report = check([trial], {trial: nb4(cell(PRELUDE), cell("# Apples", "markdown"), cell(PY_FUNC + EXPORT))})
    _, line, verdict = py_func(report)
    assert (report.notebooks[trial].locate(line)[0], verdict) == (3, Verdict.CONFIRMED)
    assert report.sources[trial][line - 1].strip().startswith("grade = v1.py_func")


def test_a_text_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    trial = tmp_path / "trial.ipynb"
    report = check([trial], {trial: "{}"})
    (failure,) = report.errors
    assert (failure.path, failure.message.startswith("cannot be read: it has no cells")) == (trial, True)
