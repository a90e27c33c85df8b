"""`--write-baseline` and `--baseline`: what is known is not shown and does not count, what is new does."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner, Result

from analyzer import baseline, cli
from analyzer.findings import Severity, Verdict
from analyzer.reporting import wording
from analyzer.reports import Report
from analyzer.settings import OutputFormat, Settings
from tests.command import reports
from tests.command.reports import finding, span
from tests.reading.notebooks import cell, nb4
from tests.rules.asking import program

PY_FUNC = "x = y = tf.py_func(lambda v: v, [x], tf.float32)"
PRINT = "y = tf.Print(x, [x])"
OLD = program(PY_FUNC)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "pkg/old.py", OLD)
    return tmp_path


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def tflint(*words: str) -> Result:
    return CliRunner().invoke(cli.main, ["check", "--no-cache", *words], catch_exceptions=False)


def flagged(*words: str) -> list[str]:
    """The files and rules that count, with a baseline that was written before."""
    done = tflint("--baseline", "known.json", "--output-format", "concise", *words)
    assert done.exit_code == bool(done.stdout), done.stderr
    found = re.findall(r"^(.*?):.*? (TFL\d+) ", done.stdout, re.MULTILINE)
    return [f"{file} {code}" for file, code in found]


def test_what_is_known_is_neither_shown_nor_counted(here: Path) -> None:
    assert tflint().exit_code == 1
    written = tflint("--write-baseline", "known.json")
    assert (written.exit_code, written.stderr) == (0, "")
    assert written.stdout.splitlines()[-1] == ("1 finding kept as known in known.json; --baseline counts only others.")
    done = tflint("--baseline", "known.json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "TFL401" not in done.stdout
    assert done.stdout.splitlines()[-1] == "Nothing new was found in 1 file, beside 1 finding known from the baseline."


def test_the_file_is_sorted_and_the_same_each_time(here: Path) -> None:
    put(here / "a b.py", program(PRINT))
    tflint("--write-baseline", "sub.json")
    first = (here / "sub.json").read_bytes()
    tflint("--write-baseline", "sub.json", "pkg", ".")
    assert (here / "sub.json").read_bytes() == first
    document = json.loads(first)
    assert document["tflint-baseline"] == 1
    assert list(document["findings"]) == ["a b.py", "pkg/old.py"]
    assert document["findings"]["pkg/old.py"] == {"TFL401": {PY_FUNC: 1}}
    assert first.endswith(b"}\n")


def test_paths_are_relative_to_the_folder_of_the_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tflint("--write-baseline", "pkg/known.json")
    assert list(json.loads((here / "pkg/known.json").read_text())["findings"]) == ["old.py"]
    monkeypatch.chdir(here / "pkg")
    assert flagged() == []
    (here / "other").mkdir()
    tflint("--write-baseline", "../other/known.json")
    assert list(json.loads((here / "other/known.json").read_text())["findings"]) == ["../pkg/old.py"]


def test_a_finding_that_moves_is_known_and_a_second_equal_one_is_new(here: Path) -> None:
    tflint("--write-baseline", "known.json")
    put(here / "pkg/old.py", "# a line\n\n" + OLD)
    assert flagged() == []
    put(here / "pkg/old.py", program(f"{PY_FUNC}\n{PY_FUNC}"))
    assert flagged() == ["pkg/old.py TFL401"]
    put(here / "pkg/old.py", program(f"{PY_FUNC}  # edited"))
    assert flagged() == ["pkg/old.py TFL401"]


def test_another_rule_or_file_is_new(here: Path) -> None:
    tflint("--write-baseline", "known.json")
    put(here / "new.py", OLD)
    put(here / "pkg/old.py", program(f"{PY_FUNC}\n{PRINT}"))
    assert flagged() == ["new.py TFL401", "pkg/old.py TFL412"]


def test_what_no_longer_occurs_is_counted_where_it_was_looked_for(here: Path) -> None:
    put(here / "other.py", OLD)
    tflint("--write-baseline", "known.json")
    put(here / "pkg/old.py", program("y = x"))
    gone = "note: 1 entry of known.json no longer occurs: write it anew with --write-baseline.\n"
    assert tflint("--baseline", "known.json").stderr == gone
    assert tflint("--baseline", "known.json", "other.py").stderr == ""
    assert tflint("--baseline", "known.json", "--select", "TFL5").stderr == ""
    assert tflint("--baseline", "known.json", "other.py", "gone.py").stderr.count("\n") == 1
    (here / "other.py").unlink()
    assert "note: 2 entries of known.json no longer occur:" in tflint("--baseline", "known.json").stderr


def test_a_project_names_its_own(here: Path) -> None:
    put(here / "pyproject.toml", "[tool.tflint]\nbaseline = 'ci/known.json'\n")
    put(here / "sub/pyproject.toml", "[tool.tflint]\nbaseline = 'mine.json'\n")
    put(here / "sub/new.py", OLD)
    (here / "ci").mkdir()
    assert tflint("--write-baseline", "ci/known.json", "pkg").exit_code == 0
    assert tflint("pkg").exit_code == 0
    done = tflint()
    assert done.exit_code == 2, "one of two baselines is missing: its findings are new, the others are known"
    assert done.stderr == "error: sub/mine.json: no such baseline; write one with --write-baseline\n"
    assert "sub/new.py:6:" in done.stdout
    assert "pkg/old.py:6:" not in done.stdout
    tflint("--write-baseline", "sub/mine.json", "sub")
    assert tflint().exit_code == 0
    assert tflint("--isolated").exit_code == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no such baseline; write one with --write-baseline"),
        ("", "the baseline is not JSON (line 1: Expecting value)"),
        ('{"tflint-baseline": 1,\n<<<<<<< HEAD\n', "the baseline is not JSON (line 2: "),
        ("[" * 100_000, "the baseline is not JSON that can be read"),
        ('"\ud800"', "the baseline is not JSON that can be read"),
        ("[]", "it is no baseline of tflint's"),
        ('{"version": 1}', "it is no baseline of tflint's"),
        ('{"tflint-baseline": 2, "findings": {}}', "the baseline has format 2, and this tflint reads format 1"),
        ('{"tflint-baseline": 1}', "the baseline is damaged"),
        ('{"tflint-baseline": 1, "findings": {"a.py": {"TFL401": {"x": 0}}}}', "the baseline is damaged"),
        ('{"tflint-baseline": 1, "findings": {"a.py": {"TFL401": ["x"]}}}', "the baseline is damaged"),
    ],
)
def test_a_file_that_is_none_is_one_sentence_and_nothing_runs(here: Path, text: str | None, words: str) -> None:
    if text is not None:
        (here / "known.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    done = tflint("--baseline", "known.json")
    assert (done.exit_code, done.stdout) == (2, "Nothing was checked.\n")
    assert done.stderr.startswith(f"error: known.json: {words}")
    assert done.stderr.count("\n") == 1
    assert tflint("--write-baseline", "known.json").exit_code == 0


def test_it_is_not_written_where_something_could_not_be_checked(here: Path) -> None:
    done = tflint("--write-baseline", "known.json", "pkg", "gone.py")
    assert done.exit_code == 2
    assert "known.json: the baseline was not written, as not all could be checked" in done.stderr
    assert "TFL401" in done.stdout
    assert not (here / "known.json").exists()
    assert tflint("--write-baseline", "no/such/folder.json").exit_code == 2


@pytest.mark.parametrize(
    "flags",
    [("--baseline", "a.json", "--write-baseline", "b.json"), ("--fix", "--write-baseline", "b.json")],
)
def test_flags_that_contradict_each_other(here: Path, flags: tuple[str, ...]) -> None:
    done = tflint(*flags)
    assert done.exit_code == 2
    assert "give one of them." in done.stderr
    assert sorted(path.name for path in here.iterdir()) == ["pkg"]


def test_the_same_file_may_be_read_and_written(here: Path) -> None:
    assert tflint("--baseline", "a.json", "--write-baseline", "a.json").exit_code == 0
    assert tflint("--baseline", "a.json").exit_code == 0


@pytest.mark.parametrize("output_format", get_args(OutputFormat))
def test_every_format(here: Path, output_format: str) -> None:
    put(here / "new.py", program(PRINT))
    tflint("--write-baseline", "known.json", "pkg")
    done = tflint("--baseline", "known.json", "--output-format", output_format)
    assert done.exit_code == tflint("new.py").exit_code
    found = done.stdout.partition('"results": [')[2] if output_format == "sarif" else done.stdout
    assert re.findall(r"TFL\d+", found)[0] == "TFL412"
    assert "TFL401" not in found
    told = {"json": '"known": 1', "sarif": "1 finding known from the baseline, and not among the results"}
    assert told.get(output_format, "1 known from the baseline") in done.output


def test_only_what_is_new_is_mended(here: Path) -> None:
    reshape = program("y = tf.reshape(x, [8, 2])")
    old = put(here / "pkg/old.py", reshape)
    tflint("--write-baseline", "known.json")
    new = put(here / "new.py", reshape)
    tflint("--fix", "--baseline", "known.json")
    assert old.read_text() == reshape
    assert "[-1, 2]" in new.read_text()


def test_a_notebook(here: Path) -> None:
    trial = put(here / "trial.ipynb", nb4(cell(OLD)))
    tflint("--write-baseline", "known.json")
    assert json.loads((here / "known.json").read_text())["findings"]["trial.ipynb"] == {"TFL401": {PY_FUNC: 1}}
    trial.write_text(nb4(cell("# Title", "markdown"), cell("import os\n"), cell(OLD)))
    assert flagged() == []
    trial.write_text(nb4(cell(OLD), cell(OLD)))
    assert flagged() == ["trial.ipynb TFL401"]


UNTESTED = finding(span(3, 13, 9))
CONFIRMED = replace(UNTESTED, verdict=Verdict.CONFIRMED, severity=Severity.ERROR)
REFUTED = replace(UNTESTED, verdict=Verdict.REFUTED, severity=Severity.HINT)


def beside(file: Path, report: Report, settings: Settings) -> Report:
    """What a baseline leaves of a report."""
    return baseline.apart(report, [reports.MODEL], {file: baseline.load(file)}, lambda _: settings)


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_verdict_makes_nothing_new(tmp_path: Path, dry_run: bool) -> None:
    file = tmp_path / "known.json"
    baseline.write(reports.report(UNTESTED), file)
    settings = Settings(baseline=file, dry_run=dry_run)
    for one in (UNTESTED, CONFIRMED, replace(CONFIRMED, severity=Severity.INFO)):
        left = beside(file, reports.report(one), settings)
        assert (left.findings, left.known, left.gone) == ((), (one,), 0)
    left = beside(file, reports.report(REFUTED), settings)
    assert (left.findings, left.known, left.gone) == ((REFUTED,), (), 0), "it occurs, and counts for nothing anyway"
    left = beside(file, reports.report(REFUTED, replace(CONFIRMED, span=span(3, 20))), settings)
    assert (left.findings, len(left.known)) == ((REFUTED,), 1), "it takes no entry from one that counts"


def test_what_was_refuted_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    assert baseline.write(reports.report(REFUTED), file).known == ()
    assert beside(file, reports.report(UNTESTED), Settings(baseline=file)).findings == (UNTESTED,)


def test_what_only_a_dry_run_sees_is_not_gone_without_one(tmp_path: Path) -> None:
    file = tmp_path / "known.json"
    baseline.write(reports.report(replace(CONFIRMED, code="TFL901")), file)
    assert beside(file, reports.report(), Settings(baseline=file)).gone == 0
    assert beside(file, reports.report(), Settings(baseline=file, dry_run=True)).gone == 1


def test_the_closing_line_says_what_is_known() -> None:
    made = replace(reports.report(UNTESTED), known=(CONFIRMED,))
    assert "1 known from the baseline" in wording.closing(made, Settings())
