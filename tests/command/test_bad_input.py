"""Whatever it is given, the command answers in sentences, with the right exit code, and in time."""

from __future__ import annotations

import ctypes
import json
import sys
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from analyzer import cli
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules import CHECKED
from tests.command.test_json import SCHEMA, undocumented

GOOD = """
import tensorflow.compat.v1 as tf

def model_fn(features, labels, mode):
    y = tf.layers.dense(features["x"], 1)
    y = tf.py_func(lambda v: v, [y], tf.float32)
    return tf.estimator.EstimatorSpec(mode, predictions={"y": y})

def receiver():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})
"""
EXPORT = 'tf.estimator.Estimator(model_fn).export_saved_model("out", receiver)\n'
LIMIT = 10.0
"""Seconds of a dry run's stage in these tests."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tflint(*words: str) -> Result:
    done = CliRunner().invoke(cli.main, ["check", "--no-cache", *words], prog_name="tflint")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def as_json(*words: str) -> tuple[int, dict[str, Any]]:
    done = tflint("--output-format", "json", *words)
    document: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    assert undocumented(document, SCHEMA) == []
    return done.exit_code, document


def put(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def test_the_others_are_still_reported(here: Path) -> None:
    put(here / "good.py", GOOD + EXPORT)
    (here / "binary.py").write_bytes(b"\x7fELF\0")
    (here / "loop.py").symlink_to("loop.py")
    (here / "empty").mkdir()
    code, report = as_json(".", "gone.py", "empty")
    assert code == 2
    assert [finding["rule"] for finding in report["findings"]] == ["TFL401"]
    assert [(error["file"], error["message"].split(":")[0]) for error in report["errors"]] == [
        ("binary.py", "binary, not Python source"),
        ("empty", "no Python file lies in this directory"),
        ("gone.py", "no such file or directory"),
        ("loop.py", "cannot be read"),
    ]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# nothing\n", "print('no TensorFlow here')\n", "import tensorflow as tf\n"]
)
def test_a_file_without_a_model_is_no_error(here: Path, text: str) -> None:
    put(here / "a.py", text)
    done = tflint()
    assert done.exit_code == 0
    assert done.stdout.startswith("No exported Estimator was found in 1 file, so there was nothing to check")
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"),
    [
        ("x = (\n", "TFL001", 1, 5),
        ("def f():\n        x = 1\n    y = 2\n", "TFL001", 3, 10),
        ("x = 1\nprint 'two'\n", "TFL002", 2, 1),
        ("\tx = 1\n", "TFL001", 1, 1),
    ],
)
def test_a_file_with_only_a_syntax_error(here: Path, text: str, rule: str, line: int, column: int) -> None:
    put(here / "a.py", text)
    code, report = as_json("a.py")
    (finding,) = report["findings"]
    assert code == 1
    assert (finding["rule"], finding["line"], finding["partial"]) == (rule, line, True)
    assert abs(finding["column"] - column) <= 4
    assert report["errors"] == []


def test_a_file_that_was_not_named_and_says_nothing_of_estimators_is_not_parsed(here: Path) -> None:
    put(here / "a.py", "x = (\n")
    code, report = as_json()
    assert (code, report["findings"], report["errors"]) == (0, [], [])


def test_a_long_file_in_reasonable_time(here: Path) -> None:
    put(here / "a.py", GOOD + "".join(f"value_{i} = {i} * len('a')\n" for i in range(50_000)) + EXPORT)
    began = time.monotonic()
    code, report = as_json()
    assert time.monotonic() - began < 60
    assert code == 1
    assert [finding["rule"] for finding in report["findings"]] == ["TFL401"]


def bare_environment(folder: Path) -> Path:
    """An interpreter without any package."""
    venv.create(folder, with_pip=False, symlinks=True)
    return folder / "bin" / "python"


def broken_environment(folder: Path) -> Path:
    """An interpreter whose TensorFlow dies when imported."""
    python = bare_environment(folder)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "tensorflow").mkdir()
    put(packages / "tensorflow/__init__.py", "raise ImportError('libcudart.so.11: cannot open shared object file')\n")
    return python


def no_environment(folder: Path) -> Path:
    return folder / "bin" / "python"


def no_interpreter(folder: Path) -> Path:
    folder.mkdir()
    put(folder / "python", "not a program\n")
    return folder / "python"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (no_environment, ("python",)),
        (no_interpreter, ("python",)),
        (bare_environment, ("TensorFlow", "install")),
        (broken_environment, ("TensorFlow", "libcudart.so.11")),
    ],
)
def test_no_usable_tensorflow(here: Path, make: Callable[[Path], Path], words: tuple[str, ...]) -> None:
    put(here / "a.py", GOOD + EXPORT)
    python = make(here / "other")
    code, report = as_json("a.py", "--dry-run", "--python", str(python))
    assert code == 2
    (error,) = report["errors"]
    assert all(word in error["message"] for word in words), error
    assert "\n" not in error["message"]
    (finding,) = report["findings"]
    assert (finding["rule"], finding["verdict"]) == ("TFL401", "inconclusive")
    assert finding["reason"]


def test_without_a_dry_run_the_interpreter_does_not_matter(here: Path) -> None:
    put(here / "a.py", GOOD + EXPORT)
    code, report = as_json("a.py", "--python", str(here / "nowhere/python"))
    assert (code, report["errors"]) == (1, [])


MISCHIEF = {
    "runs for ever": "while True: pass\n",
    "sleeps": "import time; time.sleep(10_000)\n",
    "exits": "import sys; sys.exit(3)\n",
    "exits at once": "import os; os._exit(4)\n",
    "aborts": "import os; os.abort()\n",
    "reads standard input": "name = input('name? ')\n",
    "prints megabytes": "print('x' * 50_000_000)\nraise SystemExit(1)\n",
    "needs a missing file": "open('weights.csv')\n",
    "leaves a child": "import subprocess\nsubprocess.Popen(['sleep', '98765'])\nimport time; time.sleep(10_000)\n",
}


@pytest.mark.dryrun
@pytest.mark.parametrize("does", MISCHIEF)
def test_a_program_that_misbehaves_before_its_export(here: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    from analyzer.dryrun import plan

    make_job = plan.job
    monkeypatch.setattr(plan, "job", lambda *given: replace(make_job(*given), seconds=LIMIT))
    put(here / "a.py", GOOD + MISCHIEF[does] + EXPORT)
    adopt_orphans()
    before = children()
    began = time.monotonic()
    code, report = as_json("a.py", "--dry-run", "--python", sys.executable)
    assert time.monotonic() - began < 120
    # Its models are still built from their definitions, or it is said why not.
    verdicts = {finding["rule"]: finding["verdict"] for finding in report["findings"]}
    assert verdicts["TFL401"] in {"confirmed", "inconclusive"}
    told = [finding["reason"] for finding in report["findings"]] + [
        limit for m in report["models"] for limit in m["limits"]
    ]
    assert verdicts["TFL401"] == "confirmed" or any(told)
    assert code in {0, 1}
    assert children() == before
    assert sorted(path.name for path in here.iterdir()) == ["a.py"], "nothing is written into the project"


def adopt_orphans() -> None:
    """Whatever a test leaves behind becomes a child of this process (Linux)."""
    become_subreaper = 36
    assert ctypes.CDLL(None, use_errno=True).prctl(become_subreaper, 1, 0, 0, 0) == 0


def children() -> dict[str, str]:
    """The living children of this process: command by id."""
    found: dict[str, str] = {}
    for listed in Path("/proc/self/task").glob("*/children"):
        for pid in listed.read_text("ascii").split():
            with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
                if Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z":
                    found[pid] = Path(f"/proc/{pid}/cmdline").read_text("utf-8").replace("\0", " ")
    return found


@pytest.mark.dryrun
def test_a_directory_of_programs_in_a_dry_run(here: Path) -> None:
    put(here / "good.py", GOOD + EXPORT)
    put(here / "bad.py", GOOD + "x = (\n")
    put(here / "none.py", "")
    code, report = as_json("--dry-run", "--python", sys.executable)
    assert code == 1
    assert report["errors"] == []
    said = {(finding["file"], finding["rule"]): finding["verdict"] for finding in report["findings"]}
    assert said["good.py", "TFL401"] == "confirmed"
    assert ("bad.py", "TFL001") in said


def test_a_fault_of_tflint_costs_one_file_only(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(model: Model) -> Iterator[Suspicion]:
        if model.estimator is not None and model.estimator.span.path.name == "cursed.py":
            raise KeyError("no such thing\nas this")
        yield from ()

    monkeypatch.setattr("analyzer.analysis.CHECKED", (replace(CHECKED[0], check=breaks), *CHECKED[1:]))
    put(here / "cursed.py", GOOD + EXPORT)
    put(here / "fine.py", GOOD + EXPORT)
    code, document = as_json(".")
    assert code == 2
    (error,) = document["errors"]
    assert error["file"].endswith("cursed.py")
    assert "tflint itself failed" in error["message"]
    assert "KeyError" in error["message"]
    assert "\n" not in error["message"]
    assert [Path(finding["file"]).name for finding in document["findings"]] == ["fine.py"]
