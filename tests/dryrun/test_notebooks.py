"""Notebooks run with a real TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer import engine
from analyzer.findings import Severity, Verdict
from analyzer.reports import Report
from analyzer.settings import Settings
from tests.dryrun.writing import EXPORT, MODEL, PRELUDE
from tests.reading.notebooks import cell, nb4

pytestmark = pytest.mark.dryrun

SETUP = "%matplotlib inline\n!echo 'unbalanced\n" + PRELUDE
INTERACTIVE = """\
from IPython.display import Image, display
shell = get_ipython()
shell.run_line_magic("time", "1")
files = !ls
assert not list(files) and not len(files) and "x" not in files
display(Image("x.png"))
assert "__file__" not in globals() and __name__ == "__main__"
In, Out, _, __
"""
PY_FUNC = MODEL.replace('v1.layers.dense(features["apple"], 1)', 'v1.py_func(abs, [features["apple"]], tf.float32)')
AWAITS = "import asyncio\nawait asyncio.sleep(0)\n%time EXPORTED = 1\n"


def check(folder: Path, *cells: str, **beside: str) -> tuple[Report, Path]:
    trial = folder / "trial.ipynb"
    trial.write_text(nb4(cell("# Apples", "markdown"), *cells))
    for name, text in beside.items():
        (folder / f"{name}.py").write_text(text)
    return engine.check([trial], Settings(dry_run=True, cache=False), lambda _: None), trial


def test_a_model_that_converts(tmp_path: Path) -> None:
    report, _ = check(tmp_path, SETUP, INTERACTIVE, "%%time\n" + MODEL, "from __future__ import division\n" + EXPORT)
    (model,) = report.models
    assert report.errors == ()
    assert model.stopped_at is None
    assert [(result.outcome, result.interpreter) for result in model.results][:1] == [("converts", "matches")]
    assert not any(found.severity is Severity.ERROR for found in report.findings)


def test_a_fault_is_confirmed_in_its_cell(tmp_path: Path) -> None:
    report, trial = check(tmp_path, SETUP, AWAITS, "  \n" + PY_FUNC, "?tf\n" + EXPORT)
    (found,) = [found for found in report.findings if found.code == "TFL401"]
    assert found.verdict is Verdict.CONFIRMED
    assert report.notebooks[trial].locate(found.span.line) == (4, 3)


def test_autograph_reads_the_cell_not_the_json(tmp_path: Path) -> None:
    branch = """\
@tf.function
def doubled(x):
    if tf.reduce_sum(x) > 0:
        x = x * 2
    return x

"""
    model = branch + MODEL.replace('dense(features["apple"], 1)', 'dense(doubled(features["apple"]), 1)')
    report, _ = check(tmp_path, SETUP, model, EXPORT)
    (model_report,) = report.models
    assert model_report.stopped_at is None, report


def test_a_cell_that_raises_stops_the_run_there(tmp_path: Path) -> None:
    report, trial = check(tmp_path, SETUP, MODEL, "x = 1\nraise ValueError('no apples')", EXPORT)
    (found,) = [found for found in report.findings if "no apples" in found.message]
    assert report.notebooks[trial].locate(found.span.line) == (4, 2)


def test_the_files_beside_it_are_imported(tmp_path: Path) -> None:
    names = "from apples import *\n"
    report, _ = check(tmp_path, "%cd .\n" + names, EXPORT, apples=PRELUDE + PY_FUNC)
    (found,) = [found for found in report.findings if found.code == "TFL401"]
    assert (found.span.path.name, found.verdict) == ("apples.py", Verdict.CONFIRMED)
