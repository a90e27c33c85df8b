"""The report for a person in trouble: the place, what is wrong there, how it is known, what to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Literal, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from analyzer.findings import Finding, Severity
from analyzer.reporting import models
from analyzer.reporting.excerpt import Row, rows
from analyzer.reporting.location import excerpt, locate
from analyzer.reporting.notes import notes, verdict
from analyzer.reporting.selection import shown
from analyzer.reporting.wording import TO_CONFIGURE, closing, errors, printable
from analyzer.reports import Report
from analyzer.settings import Settings

STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.INFO: "bold cyan",
    Severity.HINT: "bold blue",
}
FILE_WIDTH = 120
"""Cells of a row where the output is no terminal."""
NARROWEST = 30


def write(report: Report, settings: Settings, to: TextIO) -> None:
    """Print the report; without colours and without wrapping where it does not go to a terminal."""
    console = _console(to)
    for line in render(report, settings, console.width if console.is_terminal else None):
        console.print(_spell(line, to.encoding or "utf-8"))
    to.flush()
    failures = _console(sys.stderr)
    for sentence in errors(report):
        failures.print(Text(printable(sentence), "bold red"))


def _console(to: TextIO) -> Console:
    # Under NO_COLOR rich would still print bold and dim.
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    # FORCE_COLOR means the terminal, not a file that the report is kept in.
    kept = False if to not in (sys.stdout, sys.stderr) else None
    return Console(
        file=to, force_terminal=kept, color_system=colours, highlight=False, markup=False, emoji=False, soft_wrap=True
    )


def render(report: Report, settings: Settings, width: int | None) -> Iterator[Text]:
    """The lines of the report; `width` is the terminal's, None where there is none."""
    for finding in shown(report, settings):
        yield from _finding(finding, report, width)
        yield Text()
    for model in report.models:
        yield from _wrapped(Text(printable(models.line(model, report))), width, "  ")
        for row in models.table(model):
            yield from _wrapped(Text(f"  {printable(row)}"), width, "    ")
        for need in models.needs(model):
            yield from _wrapped(Text.assemble(("  = ", "dim"), f"runtime: {printable(str(need))}"), width, "    ")
        for limit in model.limits:
            yield from _wrapped(Text.assemble(("  = ", "dim"), f"limit: {printable(limit)}"), width, "    ")
        if model.entry:
            yield from _wrapped(Text.assemble(("  = ", "dim"), TO_CONFIGURE), width, "    ")
            # Lines to be copied, so they are not wrapped.
            yield from (Text(f"    {printable(line)}") for line in model.entry.splitlines())
    if report.not_enforced:
        free = f"not enforced while your code ran: {', '.join(report.not_enforced)}"
        yield from _wrapped(Text(printable(free), "dim"), width, "  ")
    yield from _wrapped(Text(closing(report, settings), "bold"), width, "  ")


def _finding(finding: Finding, report: Report, width: int | None) -> Iterator[Text]:
    style = STYLES[finding.severity]
    place = locate(finding.span, report)
    head = Text.assemble(
        (printable(str(place)), "bold"),
        " ",
        (finding.severity.value, style),
        f" {finding.code} ",
        (finding.name, "bold"),
    )
    how = verdict(finding)
    fits = width is None or cell_len(head.plain) + 4 + cell_len(how) <= width
    if how and fits:
        head.append("    ").append(how, "dim")
    yield from _wrapped(head, width, "  ")
    gutter = len(str(place.line))
    room = max((width or FILE_WIDTH) - gutter - 3, NARROWEST)
    message = printable(" ".join(finding.message.split()))
    source = excerpt(finding.span, report)
    if source is None:
        yield from _note(message, gutter, width)
    else:
        for row in rows(*source, message, room, wrap=width is not None):
            yield _row(row, gutter, style)
    if how and not fits:
        yield from _note(how, gutter, width)
    for sentence in notes(finding, report):
        yield from _note(printable(sentence), gutter, width)


def _row(row: Row, gutter: int, style: str) -> Text:
    text = Text.assemble((f"{row.gutter:>{gutter}} |", "blue"))
    if row.source:
        text.append(f" {row.source}")
    elif row.carets or row.label:
        text.append(" " * (row.pad + 1)).append(row.carets, style)
        text.append(" " if row.carets and row.label else "").append(row.label, style)
    return text


def _note(sentence: str, gutter: int, width: int | None) -> Iterator[Text]:
    pad = " " * (gutter + 1)
    for number, line in enumerate(sentence.splitlines() or [""]):
        lead = "= " if number == 0 else "  "
        yield from _wrapped(Text.assemble(pad, (lead, "blue"), line), width, pad + "  ")


def _wrapped(text: Text, width: int | None, hang: str) -> Iterator[Text]:
    """`text` in lines of `width` cells, all but the first indented by `hang`."""
    if width is None or cell_len(text.plain) <= width:
        yield text
        return
    room = max(width, NARROWEST)
    console = Console(width=room)
    first, *_ = text.wrap(console, room)
    rest = text[len(first.plain) :]
    first.rstrip()
    yield first
    for line in rest[len(rest.plain) - len(rest.plain.lstrip()) :].wrap(console, room - len(hang)):
        line.rstrip()
        yield Text(hang) + line


def _spell(text: Text, encoding: str) -> Text:
    """What has a plain spelling gets it where the output's encoding lacks the sign."""
    try:
        "·…".encode(encoding)
    except UnicodeEncodeError:
        plain = text.copy()
        plain.plain = text.plain.replace("·", "-").replace("…", "~")
        return plain
    return text
