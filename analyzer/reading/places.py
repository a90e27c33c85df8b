"""From a line, which is all that a stack frame tells, to the call that stands there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from astroid import nodes

from analyzer.findings import Finding, Span
from analyzer.reading.project import Module, Project


def widened(findings: Iterable[Finding], project: Project) -> list[Finding]:
    """Findings, those that know only their line moved to the call or statement on that line."""
    return [_widened(finding, project) for finding in findings]


def _widened(finding: Finding, project: Project) -> Finding:
    span = finding.span
    module = project.readable(span.path) if (span.column, span.end_column, span.end_line) == (1, 1, span.line) else None
    return replace(finding, span=place_of_line(module, span.line)) if module is not None else finding


def place_of_line(module: Module, line: int) -> Span:
    """The longest call that starts on a line, else the innermost call or simple statement around it."""
    starting: nodes.NodeNG | None = None
    around: nodes.NodeNG | None = None
    pending: list[nodes.NodeNG] = list(module.tree.body)
    while pending:
        node = pending.pop()
        if not (node.fromlineno or 0) <= line <= (node.end_lineno or 0) and not isinstance(node, nodes.Arguments):
            continue
        if isinstance(node, nodes.Call):
            if node.lineno == line and (starting is None or _size(node) > _size(starting)):
                starting = node
            if around is None or _size(node) <= _size(around):
                around = node
        elif _is_simple(node) and around is None:
            around = node
        pending += node.get_children()
    found = starting or around
    return module.span(found) if found is not None else _whole_line(module, line)


def _is_simple(node: nodes.NodeNG) -> bool:
    return node.is_statement and not hasattr(node, "body")


def _size(node: nodes.NodeNG) -> tuple[int, int]:
    lines = (node.end_lineno or 0) - (node.lineno or 0)
    return lines, (node.end_col_offset or 0) - (node.col_offset or 0)


def _whole_line(module: Module, line: int) -> Span:
    lines = module.parsed.source.lines
    text = lines[line - 1] if line <= len(lines) else ""
    first = len(text) - len(text.lstrip()) + 1
    return Span(module.path, line, first, line, max(first + 1, len(text.rstrip()) + 1))
