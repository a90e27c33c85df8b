"""What of a report is shown, in which order, and where its places are."""

from __future__ import annotations

import os
from pathlib import Path

from analyzer.findings import Finding, Verdict
from analyzer.reports import Report
from analyzer.settings import Settings


def shown(report: Report, settings: Settings) -> tuple[Finding, ...]:
    """The findings to print, in reading order; refuted ones only where asked for."""
    wanted = (finding for finding in report.findings if settings.show_refuted or finding.verdict is not Verdict.REFUTED)
    return tuple(sorted(wanted, key=reading_order))


def from_checkout(path: Path, variable: str) -> str:
    """`path` as seen from the checkout that a CI names in an environment variable, where it lies in there."""
    checkout = os.environ.get(variable)
    full = Path(os.path.abspath(path))
    if checkout and full.is_relative_to(checkout):
        return full.relative_to(checkout).as_posix()
    return relative(path)


def relative(path: Path) -> str:
    """`path` as seen from the working directory, with forward slashes."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def reading_order(finding: Finding) -> tuple[str, int, int, int, str]:
    """By file and place; at one place the loudest first."""
    span = finding.span
    return (relative(span.path), span.line, span.column, finding.severity.rank, finding.code)
