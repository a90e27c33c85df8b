"""Workflow commands, which GitHub Actions shows beside the changed lines of a pull request.

A notebook's lines are not those of its file, which GitHub shows: the annotation is on line 1, and the message begins
with the cell (as ruff's do).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

import click

from analyzer.findings import Finding, Severity, Span
from analyzer.reporting.location import locate
from analyzer.reporting.notes import verdict
from analyzer.reporting.selection import from_checkout, shown
from analyzer.reporting.wording import closing, printable
from analyzer.reports import Report
from analyzer.settings import Settings

CHECKOUT = "GITHUB_WORKSPACE"
COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
    Severity.HINT: "notice",
}


def write(report: Report, settings: Settings, to: TextIO) -> None:
    """Print a command for each finding, and one for each thing that could not be done."""
    for line in commands(report, settings):
        click.echo(line, file=to)
    click.echo(closing(report, settings), err=True)


def commands(report: Report, settings: Settings) -> Iterator[str]:
    """The commands, each on one line."""
    for finding in shown(report, settings):
        where = _where(finding.span, in_notebook=finding.span.path in report.notebooks)
        title = f"{finding.code} ({finding.name})"
        yield _command(COMMANDS[finding.severity], {**where, "title": title}, _message(finding, report))
    for error in report.errors:
        file = {"file": from_checkout(error.path, CHECKOUT)} if error.path else {}
        yield _command("error", {**file, "title": "tflint could not do this"}, error.message)


def _where(span: Span, in_notebook: bool) -> dict[str, str]:
    """The place; GitHub takes columns only for a place on one line."""
    where = {"file": from_checkout(span.path, CHECKOUT)}
    if in_notebook:
        return {**where, "line": "1"}
    if span.line != span.end_line:
        return {**where, "line": str(span.line), "endLine": str(span.end_line)}
    lines = {"line": str(span.line), "col": str(span.column)}
    return {**where, **lines, "endLine": str(span.end_line), "endColumn": str(span.end_column)}


def _message(finding: Finding, report: Report) -> str:
    # The log of a job shows the message without the properties.
    how = verdict(finding)
    lines = [f"{locate(finding.span, report)}: {finding.message}" + (f" ({how})" if how else "")]
    lines += [finding.reason] if finding.reason else []
    lines += [f"fix: {finding.fix}"] if finding.fix else []
    return "\n".join(lines)


def _command(name: str, properties: dict[str, str], message: str) -> str:
    told = ",".join(f"{key}={_escaped(value, in_property=True)}" for key, value in properties.items())
    return f"::{name} {told}::{_escaped(message, in_property=False)}"


def _escaped(text: str, in_property: bool) -> str:
    """As GitHub's toolkit escapes: what would end the command, or a property of it."""
    escaped = printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace(":", "%3A").replace(",", "%2C") if in_property else escaped
