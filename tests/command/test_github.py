"""Workflow commands: one line each, whatever the messages hold, and GitHub's own rules for columns."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.findings import Severity, Span, Verdict
from analyzer.reporting import github
from analyzer.reports import Failure, Report
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import MODEL, finding, report, span

ALL = Settings(output_format="github", show_refuted=True)
SHAPES = reports.every_shape()
COMMAND = re.compile(r"::(?P<name>error|warning|notice) (?P<properties>[^:]*)::(?P<message>.*)")
CODES = {"%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}


def raw(text: str) -> str:
    """What the runner reads back from an escaped value."""
    return re.sub("%25|%0D|%0A|%3A|%2C", lambda code: CODES[code.group()], text)


def parsed(made: Report, settings: Settings = ALL) -> list[tuple[str, dict[str, str], str]]:
    """Each command as the runner reads it: its name, its properties, its message."""
    commands = []
    for line in github.commands(made, settings):
        found = COMMAND.fullmatch(line)
        assert found is not None, line
        pairs = [pair.partition("=") for pair in found["properties"].split(",")]
        commands.append((found["name"], {key: raw(value) for key, _, value in pairs}, raw(found["message"])))
    return commands


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


def test_a_command_in_full() -> None:
    found = replace(finding(span(3, 13, 9)), message="50% of\nit", reason="not run", fix="a, b: c")
    (command,) = github.commands(report(found), ALL)
    assert command == (
        "::warning file=model.py,line=3,col=13,endLine=3,endColumn=22,title=TFL401 (py-func-in-exported-graph)"
        "::model.py:3:13: 50%25 of%0Ait (suspected, not tested)%0Anot run%0Afix: a, b: c"
    )


@pytest.mark.parametrize("name", SHAPES)
def test_every_finding_and_every_error_is_a_command(name: str) -> None:
    made = SHAPES[name]
    assert len(parsed(made)) == len(made.findings) + len(made.errors)


@pytest.mark.parametrize("name", reports.HOSTILE)
def test_no_text_leaves_its_command(name: str) -> None:
    text = reports.HOSTILE[name]
    for line in github.commands(reports.hostile(text), ALL):
        assert all(char.isprintable() for char in line)
    (_, where, message), *errors = parsed(reports.hostile(text))
    assert where["title"] == "TFL401 (py-func-in-exported-graph)"
    assert message.startswith("model.py:3:13: ")
    told = message.removeprefix("model.py:3:13: ")[: len(text)]
    assert all(seen in (char, "\N{REPLACEMENT CHARACTER}") for seen, char in zip(told, text, strict=True))
    assert [len(said) for _, _, said in errors] == [len(text)] * 2


def test_properties_are_escaped() -> None:
    (_, where, _), *_ = parsed(SHAPES["paths"])
    assert where["file"] == "päckchen/日本 #1%20;,:a.py"


@pytest.mark.parametrize(
    ("severity", "verdict", "name"),
    [
        (Severity.ERROR, Verdict.CONFIRMED, "error"),
        (Severity.WARNING, Verdict.UNTESTED, "warning"),
        (Severity.INFO, Verdict.UNTESTED, "notice"),
        (Severity.HINT, Verdict.REFUTED, "notice"),
    ],
)
def test_levels(severity: Severity, verdict: Verdict, name: str) -> None:
    assert [command[0] for command in parsed(report(finding(span(3, 1), verdict, severity)))] == [name]


def test_refuted_findings_are_there_on_request_only() -> None:
    assert len(parsed(reports.dict_bug())) == 2
    assert len(parsed(reports.dict_bug(), Settings())) == 1


def test_columns_are_left_out_over_several_lines() -> None:
    ((_, where, _),) = parsed(report(finding(Span(MODEL, 3, 13, 5, 2))))
    assert (where["line"], where["endLine"]) == ("3", "5")
    assert not {"col", "endColumn"} & where.keys()


def test_a_notebook_is_line_1_and_the_cell_in_words() -> None:
    ((_, where, message),) = parsed(reports.notebook())
    assert {key: where[key] for key in where if key != "title"} == {"file": "trial.ipynb", "line": "1"}
    assert message.startswith("trial.ipynb:cell 5:2:9: runs Python")


def test_errors_are_annotations_without_a_line() -> None:
    made = Report(errors=(Failure(Path("gone.py"), "no such file"), Failure(None, "TensorFlow is missing")))
    assert list(github.commands(made, ALL)) == [
        "::error file=gone.py,title=tflint could not do this::no such file",
        "::error title=tflint could not do this::TensorFlow is missing",
    ]


def test_paths_are_those_of_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path.cwd().parent))
    ((_, where, message),) = parsed(report(finding(span(3, 13))))
    assert where["file"] == f"{Path.cwd().name}/model.py"
    assert message.startswith("model.py:3:13")
    gone = Report(errors=(Failure(Path("gone.py"), "no such file"),))
    assert parsed(gone)[0][1]["file"] == f"{Path.cwd().name}/gone.py"
    monkeypatch.setenv("GITHUB_WORKSPACE", "/somewhere/else")
    ((_, where, _),) = parsed(report(finding(span(3, 13))))
    assert where["file"] == "model.py"


def test_the_counts_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    to = io.StringIO()
    github.write(report(finding(span(3, 13))), ALL, to)
    assert to.getvalue().count("\n") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("1 warning · 1 file")
