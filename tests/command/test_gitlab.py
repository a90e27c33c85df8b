"""GitLab's Code Quality report, and the fingerprints that it shares with SARIF."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzer.findings import Finding, Severity, Span, Verdict
from analyzer.reporting import gitlab
from analyzer.reporting.fingerprint import fingerprinted
from analyzer.reports import Report
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import MODEL, NOTEBOOK, finding, report, span

ALL = Settings(output_format="gitlab", show_refuted=True)
SHAPES = reports.every_shape()
SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "pattern": "^[^\\n\\r]+$"},
            "check_name": {"type": "string", "pattern": "^TFL[0-9]{3}$"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/].*|^/elsewhere/"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab documents of the format."""


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)


def issues(made: Report, settings: Settings = ALL) -> list[dict[str, Any]]:
    written = io.StringIO()
    gitlab.write(made, settings, written)
    document: list[dict[str, Any]] = json.loads(written.getvalue())
    jsonschema.validate(document, SCHEMA)
    return document


def test_an_issue_in_full() -> None:
    (issue,) = issues(report(replace(finding(Span(MODEL, 3, 13, 4, 2)), message="runs\nPython")))
    assert len(issue.pop("fingerprint")) == 64
    assert issue == {
        "description": "py-func-in-exported-graph: runs Python (suspected, not tested)",
        "check_name": "TFL401",
        "severity": "major",
        "location": {"path": "model.py", "lines": {"begin": 3, "end": 4}},
    }


@pytest.mark.parametrize("name", SHAPES)
def test_every_finding_is_an_issue_of_its_own(name: str) -> None:
    found = issues(SHAPES[name])
    assert len(found) == len(SHAPES[name].findings)
    assert len({issue["fingerprint"] for issue in found}) == len(found)


@pytest.mark.parametrize("name", reports.HOSTILE)
def test_descriptions_are_one_printable_line(name: str) -> None:
    (issue,) = issues(reports.hostile(reports.HOSTILE[name]))
    assert issue["description"].isprintable()


@pytest.mark.parametrize(
    ("severity", "verdict", "told"),
    [
        (Severity.ERROR, Verdict.CONFIRMED, "critical"),
        (Severity.WARNING, Verdict.UNTESTED, "major"),
        (Severity.INFO, Verdict.UNTESTED, "minor"),
        (Severity.HINT, Verdict.REFUTED, "info"),
    ],
)
def test_severities(severity: Severity, verdict: Verdict, told: str) -> None:
    assert [issue["severity"] for issue in issues(report(finding(span(3, 1), verdict, severity)))] == [told]


def test_a_notebook_is_line_1_and_the_cell_in_words() -> None:
    (issue,) = issues(reports.notebook())
    assert issue["location"] == {"path": "trial.ipynb", "lines": {"begin": 1}}
    assert issue["description"].startswith("py-func-in-exported-graph: cell 5, line 2: runs Python")


def test_errors_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    issues(SHAPES["errors"])
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: gone.py: no such file\nerror: TensorFlow is missing\n")


def test_paths_are_those_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_PROJECT_DIR", str(Path.cwd().parent))
    (issue,) = issues(report(finding(span(3, 13))))
    assert issue["location"]["path"] == f"{Path.cwd().name}/model.py"


def prints(*findings: Finding, source: tuple[str, ...] = reports.SOURCE, settings: Settings = ALL) -> list[str]:
    return [fingerprint for _, fingerprint in fingerprinted(report(*findings, source=source), settings)]


def test_a_fingerprint_stays_when_lines_move() -> None:
    moved = ("# new", "", *reports.SOURCE)
    assert prints(finding(span(3, 13))) == prints(finding(span(5, 13)), source=moved)
    indented = (*reports.SOURCE[:2], "  " + reports.SOURCE[2])
    assert prints(finding(span(3, 13))) == prints(finding(span(3, 15)), source=indented)


def test_a_fingerprint_stays_when_the_words_and_the_verdict_change() -> None:
    proved = finding(span(3, 13), Verdict.CONFIRMED, Severity.ERROR, message="PyFunc was refused by 2.15.1")
    assert prints(finding(span(3, 13))) == prints(proved)


@pytest.mark.parametrize(
    "other",
    [
        finding(span(2, 13)),
        finding(span(3, 13), code="TFL402"),
        finding(span(3, 13, path=MODEL.with_name("other.py"))),
    ],
)
def test_another_line_rule_or_file_has_another_fingerprint(other: Finding) -> None:
    assert prints(finding(span(3, 13))) != prints(other)


def test_equal_lines_are_told_apart_by_their_number() -> None:
    twice = (*reports.SOURCE, reports.SOURCE[2])
    first, second = prints(finding(span(3, 13)), finding(span(4, 13)), source=twice)
    assert first != second
    assert prints(finding(span(3, 13))) == [first]


def test_showing_what_was_refuted_renames_nothing() -> None:
    refuted, kept = finding(span(3, 5), Verdict.REFUTED), finding(span(3, 13))
    assert prints(refuted, kept)[1:] == prints(refuted, kept, settings=Settings())


def test_without_its_source_the_message_stands_for_the_line() -> None:
    bare = [replace(report(finding(span(3, 13), message=words)), sources={}) for words in ("one", "one", "two")]
    one, same, two = [fingerprint for made in bare for _, fingerprint in fingerprinted(made, ALL)]
    assert one == same != two


def test_a_fingerprint_stays_when_cells_move() -> None:
    made = reports.notebook()
    later = replace(
        made,
        findings=(replace(made.findings[0], span=span(5, 9, 10, NOTEBOOK)),),
        sources={NOTEBOOK: ("import os", *reports.IN_CELLS)},
    )
    assert [found for _, found in fingerprinted(made, ALL)] == [found for _, found in fingerprinted(later, ALL)]
