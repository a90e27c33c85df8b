"""Counts by rule, as text and as JSON, with what was made of each suspicion."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from analyzer.findings import Patch, Severity, Verdict
from analyzer.reporting import statistics
from analyzer.reports import Report
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import finding, report, span

DRY = Settings(dry_run=True, statistics=True)
MANY = report(
    *(finding(span(1 + n, 1), Verdict.CONFIRMED, Severity.ERROR) for n in range(10)),
    finding(span(30, 1), Verdict.INCONCLUSIVE),
    finding(span(31, 1), Verdict.REFUTED, Severity.HINT),
    finding(span(3, 1), Verdict.REFUTED, Severity.HINT, code="TFL301", name="while-loop-in-exported-graph"),
    finding(span(4, 1), Verdict.CONFIRMED, Severity.ERROR, code="TFL204", name="feature-dict-used-as-tensor"),
)


def printed(made: Report, settings: Settings = DRY) -> str:
    written = io.StringIO()
    statistics.write(made, settings, written)
    return written.getvalue()


def counted(made: Report, settings: Settings = DRY) -> list[dict[str, Any]]:
    document: list[dict[str, Any]] = json.loads(printed(made, replace(settings, output_format="json")))
    return document


def test_the_most_frequent_rule_stands_first() -> None:
    assert printed(MANY) == (
        "11  TFL401  py-func-in-exported-graph     10 confirmed, 1 refuted, 1 inconclusive\n"
        " 1  TFL204  feature-dict-used-as-tensor   1 confirmed\n"
        " 0  TFL301  while-loop-in-exported-graph  1 refuted\n"
        "11 errors, 1 warning · 1 file · suspicions: 11 confirmed, 2 refuted, 1 inconclusive\n"
    )


def test_as_json() -> None:
    assert counted(MANY)[0] == {
        "rule": "TFL401",
        "name": "py-func-in-exported-graph",
        "count": 11,
        "fixable": 0,
        "verdicts": {"confirmed": 10, "refuted": 1, "inconclusive": 1, "untested": 0},
    }
    assert [row["rule"] for row in counted(MANY)] == ["TFL401", "TFL204", "TFL301"]


def test_what_can_be_fixed_is_marked() -> None:
    safe = replace(finding(span(40, 1)), patch=Patch((), safe=True))
    unsafe = replace(safe, patch=Patch((), safe=False))
    refuted = replace(safe, verdict=Verdict.REFUTED)
    some = report(safe, *(replace(one, code="TFL402") for one in (safe, unsafe)), replace(refuted, code="TFL403"))
    assert [line.split()[1:3] for line in printed(some).splitlines()[:3]] == [
        ["TFL402", "[-]"],
        ["TFL401", "[*]"],
        ["TFL403", "["],
    ]
    assert [row["fixable"] for row in counted(some)] == [1, 1, 0]


def test_refuted_ones_are_counted_where_they_are_shown() -> None:
    assert [row["count"] for row in counted(MANY, replace(DRY, show_refuted=True))] == [12, 1, 1]


def test_nothing_found_claims_no_more_than_was_checked() -> None:
    assert printed(Report(files=2)) == ("No exported Estimator was found in 2 files, so there was nothing to check.\n")
    assert counted(Report(files=2)) == []


@pytest.mark.parametrize("output_format", ["text", "json"])
def test_errors_go_to_standard_error(capsys: pytest.CaptureFixture[str], output_format: str) -> None:
    as_json = output_format == "json"
    made = replace(MANY, errors=reports.every_shape()["errors"].errors)
    _ = counted(made) if as_json else printed(made)
    assert capsys.readouterr() == ("", "error: gone.py: no such file\nerror: TensorFlow is missing\n")
