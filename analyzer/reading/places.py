"""From a line, which is all that a stack frame tells, to the call that stands there."""

from __future__ import annotations

from dataclasses import replace

from astroid import nodes

from analyzer.findings import Finding, Span
from analyzer.reading.project import Module, Project
from analyzer.reading.source import UnreadableSource


def widened(finding: Finding, project: Project) -> Finding:
    """A finding that knows only its line, moved to the call or statement on that line."""
    span = finding.span
    if (span.column, span.end_column, span.end_line) != (1, 1, span.line):
        return finding
    try:
        module = project.module(span.path)
    except (OSError, UnreadableSource):
        return finding
    return replace(finding, span=place_of_line(module, span.line))


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
