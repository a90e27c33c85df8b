"""What stays the same of a finding while the lines around it move, so that a service knows it again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from analyzer.findings import Finding, Report, Span, Verdict
from analyzer.reporting.selection import reading_order, relative
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
        key = (finding.code, relative(finding.span.path), _line(finding.span, report) or finding.message)
        number = equals[key]
        equals[key] += 1
        if settings.show_refuted or finding.verdict is not Verdict.REFUTED:
            text = "\0".join((*key, str(number)))
            yield finding, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _line(span: Span, report: Report) -> str:
    """The text that `span` begins in, without what an indentation or a formatter changes; "" where it is not known."""
    lines = report.sources.get(span.path, ())
    return " ".join(lines[span.line - 1].split()) if span.line <= len(lines) else ""
