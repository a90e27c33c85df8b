"""Reports for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analyzer.findings import Report
from analyzer.settings import Settings


def write(report: Report, settings: Settings) -> None:
    """Write `report` to standard output in the format asked for."""
    match settings.output_format:
        case "text":
            from analyzer.reporting import text

            text.write(report, settings)
        case "concise":
            from analyzer.reporting import concise

            concise.write(report, settings)
        case "json":
            from analyzer.reporting import json_report

            json_report.write(report, settings)


def write_diff(report: Report, changes: Iterable[tuple[Path, str, str]]) -> None:
    """Write what would be fixed, as unified diffs."""
    from analyzer.reporting import diff

    diff.write(report, changes)
