"""What stays the same of a finding while the lines around it move, so that a service knows it again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from analyzer.findings import Finding, Verdict
from analyzer.reporting.selection import reading_order, relative
from analyzer.reports import Report
from analyzer.settings import Settings

NAME = "tflintFinding/v1"
"""What a SARIF report calls it. Another way to make it is another version."""


def fingerprinted(report: Report, settings: Settings) -> Iterator[tuple[Finding, str]]:
    """The findings to print, each with the hash of its code, its file, the text of its line, and its number among those
    for which all that is equal.

    Refuted ones count whether or not they are printed: `--show-refuted` renames nothing.
    """
    equals: Counter[tuple[str, str, str]] = Counter()
    for finding in sorted(report.findings, key=reading_order):
        key = (finding.code, relative(finding.span.path), told(finding, report))
        number = equals[key]
        equals[key] += 1
        if settings.show_refuted or finding.verdict is not Verdict.REFUTED:
            text = "\0".join((*key, str(number)))
            yield finding, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def told(finding: Finding, report: Report) -> str:
    """The line that a finding begins in, without what an indentation or a formatter changes; its message where that is
    not known, or blank."""
    lines, line = report.sources.get(finding.span.path, ()), finding.span.line
    return (" ".join(lines[line - 1].split()) if line <= len(lines) else "") or finding.message
