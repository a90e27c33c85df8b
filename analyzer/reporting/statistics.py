"""Counts by rule instead of findings: what a large repository suffers from, and how much of it was proved."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, TextIO

import click

from analyzer import fixing
from analyzer.findings import Verdict
from analyzer.reporting.selection import shown
from analyzer.reporting.wording import closing, errors, printable
from analyzer.reports import Report
from analyzer.settings import Settings

TOLD = (Verdict.CONFIRMED, Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.UNTESTED)


@dataclass(frozen=True, slots=True)
class Row:
    """A rule and its findings."""

    code: str
    name: str
    count: int
    """Those that the report would show."""
    fixable: int
    """Those of them that `--fix` mends."""
    verdicts: Counter[Verdict]
    """All of them: refuted ones are counted here whether shown or not."""


def write(report: Report, settings: Settings, to: TextIO) -> None:
    """Print a line for each rule and the closing line, or one JSON array; what could not be done to standard error."""
    if settings.output_format == "json":
        click.echo(json.dumps(document(report, settings), indent=2), file=to)
    else:
        for line in lines(report, settings):
            click.echo(line, file=to)
        click.echo(closing(report, settings), file=to)
    for sentence in errors(report):
        click.echo(printable(sentence), err=True)


def document(report: Report, settings: Settings) -> list[dict[str, Any]]:
    """The counts as plain dictionaries."""
    return [
        {
            "rule": row.code,
            "name": row.name,
            "count": row.count,
            "fixable": row.fixable,
            "verdicts": {verdict.value: row.verdicts[verdict] for verdict in TOLD},
        }
        for row in rows(report, settings)
    ]


def lines(report: Report, settings: Settings) -> list[str]:
    """The counts in columns."""
    table = rows(report, settings)
    numbers = max((len(str(row.count)) for row in table), default=0)
    names = max((len(row.name) for row in table), default=0)
    any_fixable = any(row.fixable for row in table)
    return [
        f"{row.count:>{numbers}}  {row.code}  {f'{_mark(row)}  ' if any_fixable else ''}{row.name:<{names}}  "
        f"{_verdicts(row)}"
        for row in table
    ]


def _mark(row: Row) -> str:
    """As ruff marks it."""
    return "[*]" if 0 < row.fixable == row.count else "[-]" if row.fixable else "[ ]"


def rows(report: Report, settings: Settings) -> list[Row]:
    """Each rule that found something, the most frequent first."""
    counts = Counter(finding.code for finding in shown(report, settings))
    fixable = Counter(finding.code for finding in shown(report, settings) if fixing.wanted(finding, unsafe=False))
    names = {finding.code: finding.name for finding in report.findings}
    found = [
        Row(code, name, counts[code], fixable[code], Counter(f.verdict for f in report.findings if f.code == code))
        for code, name in names.items()
    ]
    return sorted(found, key=lambda row: (-row.count, row.code))


def _verdicts(row: Row) -> str:
    return ", ".join(f"{row.verdicts[verdict]} {verdict.value}" for verdict in TOLD if row.verdicts[verdict])
