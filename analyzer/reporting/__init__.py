"""Reports for people and for programs."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import click

from analyzer.reports import Failure, Report
from analyzer.settings import Settings


def write(report: Report, settings: Settings, to: TextIO | None = None) -> tuple[Failure, ...]:
    """Write `report` in the format asked for, to the file asked for or else to `to`, standard output if none is given.

    Answers with what kept it from that file; it then went to `to`, so that nothing is lost.
    """
    to = to or sys.stdout
    # A source line, a path or a converter's words may hold what the encoding lacks.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if settings.output_file is None:
        _write(report, settings, to)
        return ()
    written = io.StringIO()
    _write(report, settings, written)
    try:
        settings.output_file.write_text(written.getvalue(), "utf-8", "backslashreplace", "\n")
    except OSError as error:
        click.echo(written.getvalue(), to, nl=False)
        instead = "standard error" if to is sys.stderr else "standard output"
        why = f"the report cannot be written there and went to {instead}: {error.strerror or error}"
        click.echo(f"error: {settings.output_file}: {why}", err=True)
        return (Failure(settings.output_file, why),)
    return ()


def _write(report: Report, settings: Settings, to: TextIO) -> None:
    if settings.statistics:
        from analyzer.reporting import statistics

        statistics.write(report, settings, to)
        return
    match settings.output_format:
        case "text":
            from analyzer.reporting import text

            text.write(report, settings, to)
        case "concise":
            from analyzer.reporting import concise

            concise.write(report, settings, to)
        case "json":
            from analyzer.reporting import json_report

            json_report.write(report, settings, to)
        case "sarif":
            from analyzer.reporting import sarif

            sarif.write(report, settings, to)
        case "github":
            from analyzer.reporting import github

            github.write(report, settings, to)
        case "gitlab":
            from analyzer.reporting import gitlab

            gitlab.write(report, settings, to)
        case "junit":
            from analyzer.reporting import junit

            junit.write(report, settings, to)
        case "html":
            from analyzer.reporting import html

            html.write(report, settings, to)


def write_diff(report: Report, changes: Iterable[tuple[Path, str, str]]) -> None:
    """Write what would be fixed, as unified diffs."""
    from analyzer.reporting import diff

    diff.write(report, changes)
