"""Notebooks on the command line: the good ones are checked, of the others one sentence is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer import cli, engine
from analyzer.settings import Settings
from tests.reading.notebooks import cell, nb4

SETUP = "%matplotlib inline\nimport tensorflow.compat.v1 as tf\n!pip list"
MODEL = """
def model_fn(features, labels, mode):
    y = tf.py_func(abs, [features["x"]], tf.float32)
    return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
"""
EXPORT = """
def receiver():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

tf.estimator.Estimator(model_fn).export_saved_model("out", receiver)"""
GOOD = nb4(cell("# Trial", "markdown"), SETUP, MODEL, EXPORT)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tflint(*words: str) -> Result:
    done = CliRunner().invoke(cli.main, ["check", "--no-cache", *words], prog_name="tflint")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def test_a_finding_is_in_its_cell(here: Path) -> None:
    trial = here / "trial.ipynb"
    trial.write_text(GOOD)
    report = engine.check([trial], Settings(cache=False), lambda _: None)
    (finding,) = report.findings
    assert finding.code == "TFL401"
    assert report.notebooks[trial].locate(finding.span.line) == (3, 3)
    assert report.sources[trial][finding.span.line - 1].strip().startswith("y = tf.py_func")
    assert report.sources[trial][0] == "%matplotlib inline"


def test_it_is_found_in_a_folder_and_remembered(here: Path) -> None:
    (here / "trial.ipynb").write_text(GOOD)
    (here / ".ipynb_checkpoints").mkdir()
    (here / ".ipynb_checkpoints" / "trial-checkpoint.ipynb").write_text(GOOD)
    for _ in range(2):
        done = CliRunner().invoke(cli.main, ["check", "--output-format", "json"])
        assert done.exit_code == 1
        assert done.output.count('"TFL401"') == 1


def test_files_beside_it_are_followed(here: Path) -> None:
    (here / "models.py").write_text("import tensorflow.compat.v1 as tf\n" + MODEL)
    trial = here / "trial.ipynb"
    trial.write_text(nb4(SETUP, "from models import model_fn", EXPORT))
    (finding,) = engine.check([trial], Settings(cache=False), lambda _: None).findings
    assert finding.span.path == here / "models.py"


@pytest.mark.parametrize("text", [nb4(), nb4(cell("text", "markdown")), nb4("%%bash\nls")])
def test_nothing_to_check(here: Path, text: str) -> None:
    (here / "trial.ipynb").write_text(text)
    done = tflint("trial.ipynb")
    assert done.exit_code == 0
    assert "trial" not in done.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty, not a notebook"),
        ('{"cells": [tf.estimator', "it is not JSON, as notebooks are (line 1"),
        ('{"name": "tf.estimator"}', "it has no cells, so it is no notebook"),
        (nb4("x <- tf$estimator", language="R"), "it is a notebook in R"),
    ],
)
def test_a_bad_notebook_is_one_sentence_and_costs_the_others_nothing(here: Path, text: str, words: str) -> None:
    (here / "bad.ipynb").write_text(text)
    (here / "good.ipynb").write_text(GOOD)
    done = tflint("bad.ipynb", "good.ipynb", "--output-format", "concise")
    assert done.exit_code == 2
    assert "TFL401" in done.output
    (line,) = [line for line in done.output.splitlines() if "bad.ipynb" in line]
    assert words in line


def test_another_language_in_a_folder_is_passed_over(here: Path) -> None:
    (here / "other.ipynb").write_text(nb4("x <- tf$estimator$Estimator(", language="R"))
    done = tflint(".")
    assert done.exit_code == 0
    assert "other" not in done.output


def test_a_broken_cell_is_told_and_the_others_are_checked(here: Path) -> None:
    trial = here / "trial.ipynb"
    trial.write_text(nb4(SETUP, "x = (1,", MODEL, "if y:", EXPORT))
    report = engine.check([trial], Settings(cache=False), lambda _: None)
    told = [(found.code, report.notebooks[trial].locate(found.span.line)[0]) for found in report.findings]
    assert told == [("TFL001", 2), ("TFL401", 3), ("TFL001", 4)]
