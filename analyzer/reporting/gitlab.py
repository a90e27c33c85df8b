"""GitLab's Code Quality report: the findings of a merge request, known again by their fingerprints.

A notebook's lines are not those of its file, which GitLab shows: the place is line 1, and the description begins with
the cell (as ruff's do).
"""

from __future__ import annotations

import json
from typing import Any, TextIO

import click

from analyzer.findings import Finding, Severity
from analyzer.reporting.fingerprint import fingerprinted
from analyzer.reporting.location import locate
from analyzer.reporting.notes import verdict
from analyzer.reporting.selection import from_checkout
from analyzer.reporting.wording import closing, errors, printable
from analyzer.reports import Report
from analyzer.settings import Settings

CHECKOUT = "CI_PROJECT_DIR"
SEVERITIES = {
    Severity.ERROR: "critical",
    Severity.WARNING: "major",
    Severity.INFO: "minor",
    Severity.HINT: "info",
}


def write(report: Report, settings: Settings, to: TextIO) -> None:
    """Print one JSON array; it has no place for what could not be done, which goes to standard error."""
    click.echo(json.dumps(document(report, settings), indent=2), file=to)
    for line in (*errors(report), closing(report, settings)):
        click.echo(printable(line), err=True)


def document(report: Report, settings: Settings) -> list[dict[str, Any]]:
    """The report as plain dictionaries."""
    return [
        {
            "description": _description(finding, report),
            "check_name": finding.code,
            "fingerprint": fingerprint,
            "severity": SEVERITIES[finding.severity],
            "location": _location(finding, report),
        }
        for finding, fingerprint in fingerprinted(report, settings)
    ]


def _description(finding: Finding, report: Report) -> str:
    in_notebook = finding.span.path in report.notebooks
    lead = f"{locate(finding.span, report).within}: " if in_notebook else ""
    how = verdict(finding)
    message = f"{lead}{finding.message}" + (f" ({how})" if how else "")
    return printable(" ".join(f"{finding.name}: {message}".split()))


def _location(finding: Finding, report: Report) -> dict[str, Any]:
    span = finding.span
    path = printable(from_checkout(span.path, CHECKOUT))
    if span.path in report.notebooks:
        return {"path": path, "lines": {"begin": 1}}
    return {"path": path, "lines": {"begin": span.line, "end": span.end_line}}
