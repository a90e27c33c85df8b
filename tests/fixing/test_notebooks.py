"""Fixes written into the cells of notebooks: all that is not the source of a mended line stays byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli import main
from tests.reading.notebooks import cell, nb4
from tests.rules.asking import program

BODY = "y = tf.reshape(x, [8, 2])"
SAFE = program(BODY)
HEAD, _, TAIL = SAFE.partition("def receiver_fn")
OUTPUT = [{"output_type": "stream", "name": "stdout", "text": ["tf.reshape(x, [8, 2])\n"]}]


def with_output(source: str) -> dict[str, object]:
    return cell(source.splitlines(keepends=True), execution_count=7, outputs=OUTPUT, id="aé")


TEXT = nb4(
    cell("# Grüße\ntf.reshape(x, [8, 2])", "markdown"),
    "%matplotlib inline\n!echo 'unbalanced\nimport os",
    with_output(HEAD),
    "%%bash\necho 'tf.reshape(x, [8, 2])",
    with_output(f"%time pass\ndef receiver_fn{TAIL}"),
)
MANNERS = {
    "as Jupyter writes it": TEXT,
    "without a last line end": TEXT.rstrip("\n"),
    "indented by two": json.dumps(json.loads(TEXT), indent=2),
    "by tabs, letters as they are": json.dumps(json.loads(TEXT), indent="\t", ensure_ascii=False) + "\n\n",
    "on one line": json.dumps(json.loads(TEXT)),
    "sorted keys": json.dumps(json.loads(TEXT), indent=1, sort_keys=True),
    "CRLF": TEXT.replace("\n", "\r\n"),
    "sources as strings": TEXT.replace('"source": []', '"source": ""'),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tflint(*words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["check", "--no-cache", *words], input=text, catch_exceptions=False)


@pytest.mark.parametrize("name", MANNERS)
def test_only_the_line_that_is_mended_changes(here: Path, name: str) -> None:
    trial, before = here / "trial.ipynb", MANNERS[name].encode()
    trial.write_bytes(before)
    done = tflint("--fix", "trial.ipynb")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1].startswith("Fixed 1. ")
    line = rb"    y = tf.reshape(x, [8, 2])"
    assert before.count(line) == 1
    assert trial.read_bytes() == before.replace(line, rb"    y = tf.reshape(x, [-1, 2])")


def test_diff_shows_the_cell_and_writes_nothing(here: Path) -> None:
    trial = here / "trial.ipynb"
    trial.write_text(TEXT)
    done = tflint("--diff", "trial.ipynb")
    assert (done.exit_code, done.stderr) == (1, "Would fix 1 finding.\n")
    first, second, *lines = done.stdout.splitlines()
    assert (first, second) == ("--- trial.ipynb:cell 3", "+++ trial.ipynb:cell 3")
    assert [line for line in lines if line[0] in "+-"] == [f"-    {BODY}", f"+    {BODY.replace('8', '-1')}"]
    assert trial.read_text() == TEXT


def test_on_standard_input(here: Path) -> None:
    done = tflint("--fix", "--stdin-filename", "trial.ipynb", text=TEXT)
    assert done.stdout == TEXT.replace("    y = tf.reshape(x, [8, 2])", "    y = tf.reshape(x, [-1, 2])")


def test_a_patch_in_several_cells_and_rounds(here: Path) -> None:
    trial = here / "trial.ipynb"
    again = program("z = tf.reshape(x, [8, 2])\ny = tf.layers.dropout(z, training=True)").replace("est.", "other.")
    trial.write_text(nb4(SAFE, "print('between')", again.replace("est = ", "other = ")))
    done = tflint("--fix", "--unsafe-fixes", "trial.ipynb")
    assert done.exit_code == 0, done.output
    first, _, third = ("".join(one["source"]) for one in json.loads(trial.read_text())["cells"])
    assert "[-1, 2]" in first
    assert "[-1, 2]" in third
    assert "training=mode == tf.estimator.ModeKeys.TRAIN" in third


def test_a_cell_that_does_not_parse(here: Path) -> None:
    trial = here / "trial.ipynb"
    trial.write_text(text := nb4(SAFE, "def f(:"))
    done = tflint("--fix", "trial.ipynb")
    assert (done.exit_code, trial.read_text()) == (2, text)
    assert "error: trial.ipynb: nothing was fixed in it: it does not parse" in done.stderr


def test_the_edit_is_told_by_its_cell(here: Path) -> None:
    (here / "trial.ipynb").write_text(TEXT)
    (found,) = json.loads(tflint("--output-format", "json").stdout)["findings"]
    (edit,) = found["patch"]["edits"]
    assert (edit["cell"], edit["line"], edit["text"]) == (3, 6, "-1")
    assert (found["cell"], found["line"]) == (3, 6)
