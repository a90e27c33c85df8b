"""`--fix`, `--unsafe-fixes` and `--diff` as a user meets them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import main
from tests.rules.asking import program

SAFE = program("y = tf.reshape(x, [8, 2])")
UNSAFE = program("y = tf.layers.dropout(x, training=True)")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "safe.py").write_text(SAFE)
    (tmp_path / "unsafe.py").write_text(UNSAFE)
    return tmp_path


def tflint(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", "--no-cache", *arguments], catch_exceptions=False)


def test_fix_writes_what_is_safe_and_reports_the_rest(here: Path) -> None:
    done = tflint("--fix", ".")
    assert done.exit_code == 1
    assert (here / "safe.py").read_text() == SAFE.replace("[8, 2]", "[-1, 2]")
    assert (here / "unsafe.py").read_text() == UNSAFE
    assert "TFL501" in done.stdout
    assert "TFL415" not in done.stdout
    assert "fixed 1" in done.stdout.splitlines()[-1]
    assert "1 fixable with --fix --unsafe-fixes" in " ".join(done.stdout.split())


def test_unsafe_fixes_too(here: Path) -> None:
    done = tflint("--fix", "--unsafe-fixes", ".")
    assert done.exit_code == 0
    assert (here / "unsafe.py").read_text() != UNSAFE
    assert done.stdout.splitlines()[-1].startswith("Fixed 2. Nothing is suspected")


def test_diff_writes_nothing_and_can_be_applied(here: Path) -> None:
    done = tflint("--diff", ".")
    assert (done.exit_code, done.stderr) == (1, "Would fix 1 finding.\n")
    assert (here / "safe.py").read_text() == SAFE
    subprocess.run(["patch", "-p0", "-s"], input=done.stdout, text=True, check=True)
    assert (here / "safe.py").read_text() == SAFE.replace("[8, 2]", "[-1, 2]")
    again = tflint("--diff", ".")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "Nothing to fix.\n")


def test_marks_what_can_be_fixed(here: Path) -> None:
    text = tflint(".").stdout
    assert "or give the receiver's placeholder the same fixed batch [--fix]" in " ".join(text.split()).replace("= ", "")
    assert "ModeKeys.TRAIN) [--fix --unsafe-fixes]" in " ".join(text.split())
    assert "1 fixable with --fix, 1 more with --unsafe-fixes" in text.splitlines()[-1]


def test_json(here: Path) -> None:
    found = {each["rule"]: each for each in json.loads(tflint("--output-format", "json", ".").stdout)["findings"]}
    assert found["TFL415"]["patch"]["safe"] is True
    assert [edit["text"] for edit in found["TFL415"]["patch"]["edits"]] == ["-1"]
    report = json.loads(tflint("--fix", "--output-format", "json", ".").stdout)
    assert (report["fixed"], [each["rule"] for each in report["findings"]]) == (1, ["TFL501"])


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--fix", "--diff"], "give one of them"),
        (["--diff", "--output-format", "json"], "--diff prints diffs, not a report"),
    ],
)
def test_flags_that_contradict_each_other(here: Path, flags: list[str], words: str) -> None:
    done = tflint(*flags, ".")
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())
    assert (here / "safe.py").read_text() == SAFE


def test_unsafe_fixes_alone(here: Path) -> None:
    assert "--unsafe-fixes has no effect without --fix or --diff" in tflint("--unsafe-fixes", ".").stderr
    assert (here / "unsafe.py").read_text() == UNSAFE


def test_files_that_cannot_be_fixed_are_named_and_the_others_are_done(here: Path) -> None:
    (here / "broken.py").write_text(SAFE + "\n)\n")
    (here / "locked.py").write_text(SAFE)
    (here / "locked.py").chmod(0o444)
    done = tflint("--fix", ".")
    assert done.exit_code == 2
    assert "broken.py: nothing was fixed in it: it does not parse" in done.stderr
    assert "locked.py: nothing was fixed in it: it is read-only" in done.stderr
    assert (here / "locked.py").read_text() == SAFE
    assert tflint("--diff", "locked.py").exit_code == 1
    assert (here / "safe.py").read_text() != SAFE
