"""One line for each finding, for editors' error parsers and for grep."""

from __future__ import annotations

from typing import TextIO

import click

from analyzer.findings import Certainty, Verdict
from analyzer.reporting.location import locate
from analyzer.reporting.selection import shown
from analyzer.reporting.wording import closing, errors, printable
from analyzer.reports import Report
from analyzer.settings import Settings


def write(report: Report, settings: Settings, to: TextIO) -> None:
    """Print `file:line:column: severity CODE name: message [verdict]` for each finding, and the closing line."""
    for finding in shown(report, settings):
        verdict = finding.verdict.value
        if finding.verdict is Verdict.UNTESTED and finding.certainty is Certainty.MAYBE:
            verdict += ", maybe"
        message = " ".join(finding.message.split())
        what = f"{finding.severity.value} {finding.code} {finding.name}: {message} [{verdict}]"
        click.echo(printable(f"{locate(finding.span, report)}: {what}"), file=to)
    for line in (*errors(report), closing(report, settings)):
        click.echo(printable(line), err=True)
