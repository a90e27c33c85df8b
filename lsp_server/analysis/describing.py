"""The conversion report on a program, as a page for an editor to show."""

from __future__ import annotations

from pathlib import Path

from analyzer.findings import Report
from analyzer.reporting import html
from analyzer.settings import Settings
from lsp_server.analysis.messages import Description


def description(program: Path, report: Report, settings: Settings) -> Description:
    """The page that `--output-format html` writes, with links into the editor."""
    return Description("html", f"tflint: {program.name}", html.render(report, settings, editor=True))
