"""`-` and `--stdin-filename`: a text that is checked as if it lay in a file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer import cli
from tests.reading.notebooks import cell, nb4
from tests.rules.asking import program

SAFE = program("y = tf.reshape(x, [8, 2])")
FIXED = SAFE.replace("[8, 2]", "[-1, 2]")
PY_FUNC = program("y = tf.py_func(lambda v: v, [x], tf.float32)")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tflint(text: str | bytes, *words: str) -> Result:
    return CliRunner().invoke(cli.main, ["check", "--no-cache", *words], input=text, catch_exceptions=False)


def test_a_text_is_checked(here: Path) -> None:
    done = tflint(PY_FUNC, "-", "--output-format", "concise")
    assert (done.exit_code, done.stdout.partition(":6:9: ")[0]) == (1, "-")
    assert "TFL401" in done.stdout
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("paths", [(), ("-",)])
def test_it_is_checked_as_if_it_lay_in_its_file(here: Path, paths: tuple[str, ...]) -> None:
    (here / "pkg").mkdir()
    (here / "pkg/__init__.py").touch()
    (here / "pkg/layers.py").write_text(
        "import tensorflow as tf\ndef score(x):\n    return tf.py_func(lambda v: v, [x], tf.float32)\n"
    )
    (here / "pkg/model.py").write_text("what is saved does not count: it does not even parse")
    (here / "pkg/pyproject.toml").write_text(
        "[tool.tflint]\noutput-format = 'json'\nper-file-ignores = {b = ['TFL']}\n"
    )
    text = "from .layers import score\n" + program("y = score(x)")
    done = tflint(text, *paths, "--stdin-filename", "pkg/model.py")
    assert done.exit_code == 1
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["rule"], found["file"]) == ("TFL401", "pkg/layers.py")
    assert found["related"][0]["file"] == "pkg/model.py"
    (here / "pkg/b").mkdir()
    done = tflint(PY_FUNC, "--stdin-filename", "pkg/b/model.py")
    assert (done.exit_code, json.loads(done.stdout)["findings"]) == (0, [])


def test_what_excludes_its_file_excludes_it_only_by_force(here: Path) -> None:
    given = ("--stdin-filename", "old.py", "--exclude", "old.py")
    assert tflint(PY_FUNC, *given).exit_code == 1
    done = tflint(SAFE, *given, "--force-exclude")
    assert (done.exit_code, done.stdout) == (0, "Nothing was checked.\n")
    assert tflint(SAFE, *given, "--force-exclude", "--fix").stdout == SAFE


def test_fix_gives_the_text_back(here: Path) -> None:
    (here / "model.py").write_text(SAFE)
    done = tflint(SAFE.replace("\n", "\r\n"), "-", "--fix", "--stdin-filename", "model.py")
    assert done.exit_code == 0
    assert done.stdout_bytes == FIXED.replace("\n", "\r\n").encode()
    assert done.stderr.splitlines()[-1].startswith("Fixed 1. ")
    assert (here / "model.py").read_text() == SAFE
    again = tflint(done.stdout_bytes, "-", "--fix")
    assert again.stdout_bytes == done.stdout_bytes


@pytest.mark.parametrize(
    "text", ["x = 1", "", "def f(:\n", b"\xef\xbb\xbfx = '\xc3\xbc'\n", b"# coding: latin-1\nx = '\xfc'\r"]
)
def test_fix_gives_back_what_it_leaves_alone(here: Path, text: str | bytes) -> None:
    done = tflint(text, "-", "--fix")
    assert done.stdout_bytes == (text if isinstance(text, bytes) else text.encode())


def test_what_cannot_be_read_is_said_and_given_back(here: Path) -> None:
    for flags in ((), ("--fix",)):
        done = tflint(b"x = '\xff'\n", "-", *flags)
        assert (done.exit_code, done.stderr.count("error: ")) == (2, 1)
        assert "error: -: cannot be read: line 1 is not valid utf-8" in done.stderr
    assert done.stdout_bytes == b"x = '\xff'\n"
    done = tflint("{}", "--stdin-filename", "trial.ipynb", "--fix")
    assert (done.exit_code, done.stdout) == (2, "{}")
    assert "it has no cells" in done.stderr


def test_diff_shows_what_would_change(here: Path) -> None:
    (here / "model.py").write_text(SAFE)
    done = tflint(SAFE, "-", "--diff", "--stdin-filename", "model.py")
    assert (done.exit_code, done.stderr) == (1, "Would fix 1 finding.\n")
    subprocess.run(["patch", "-p0", "-s"], input=done.stdout, text=True, check=True)
    assert (here / "model.py").read_text() == FIXED
    assert tflint(FIXED, "-", "--diff").stdout == ""


def test_fix_leaves_files_alone(here: Path) -> None:
    helper = "import tensorflow as tf\ndef shaped(x):\n    return tf.reshape(x, [8, 2])\n"
    (here / "helper.py").write_text(helper)
    text = "from helper import shaped\n" + program("y = shaped(x)")
    done = tflint(text, "-", "--fix")
    assert (done.exit_code, done.stdout) == (1, text)
    assert "TFL415" in done.stderr
    assert (here / "helper.py").read_text() == helper


def test_a_report_may_go_to_a_file_beside_it(here: Path) -> None:
    done = tflint(PY_FUNC, "-", "--fix", "--output-format", "json", "--output-file", "report.json")
    assert (done.stdout, done.stderr) == (PY_FUNC, "")
    assert [found["rule"] for found in json.loads((here / "report.json").read_text())["findings"]] == ["TFL401"]


def test_a_notebook(here: Path) -> None:
    done = tflint(nb4(cell("# Title", "markdown"), cell(PY_FUNC)), "--stdin-filename", "trial.ipynb")
    assert done.exit_code == 1
    assert done.stdout.startswith("trial.ipynb:cell 2:6:9 warning TFL401")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("-", "model.py"), "standard input is checked alone: name no other path."),
        (("model.py", "--stdin-filename", "model.py"), "standard input is checked alone: name no other path."),
        (("--stdin-filename", "."), "--stdin-filename must name a file, and . is a folder."),
        (("--stdin-filename", "no/a.py"), "--stdin-filename must name a file in a folder: there is no no."),
        (("-", "--write-baseline", "known.json"), "--write-baseline keeps what is found in files, not on standard"),
    ],
)
def test_what_cannot_be_is_one_sentence(here: Path, words: tuple[str, ...], sentence: str) -> None:
    done = tflint(PY_FUNC, *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in " ".join(done.stderr.split())


def test_the_settings_of_its_file_are_shown(here: Path) -> None:
    (here / "pkg").mkdir()
    (here / "pkg/pyproject.toml").write_text("[tool.tflint]\ntarget = '1.15'\n")
    done = tflint("", "--show-settings", "--stdin-filename", "pkg/model.py")
    assert "configured by pkg/pyproject.toml" in done.stdout


@pytest.mark.dryrun
def test_a_dry_run_runs_the_text(here: Path) -> None:
    (here / "helper.py").write_text("import tensorflow as tf\nFLOAT = tf.float32\n")
    (here / "model.py").write_text("raise ValueError('this is on disk')\n")
    text = "from helper import FLOAT\n" + PY_FUNC.replace("tf.float32)", "FLOAT)")
    done = tflint(text, "--stdin-filename", "model.py", "--dry-run", "--output-format", "json", "--select", "TFL4")
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["file"], found["line"], found["verdict"]) == ("model.py", 7, "confirmed")
