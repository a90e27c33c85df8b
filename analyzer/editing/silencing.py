"""Comments that silence a finding, as edits: where the finding stands, or for its whole file."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Sequence

from astroid import nodes

from analyzer.findings import Edit, Finding, Span
from analyzer.reading.project import Module

OWN = re.compile(r"#\s*tflint:\s*(?P<kind>ignore-file|ignore)\[(?P<codes>[^\]]*)\]", re.IGNORECASE)
NOQA = re.compile(r"#\s*noqa:\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*", re.IGNORECASE)
BEFORE_ALL = re.compile(r"#!|#.*?coding[:=]")


def here(module: Module, finding: Finding) -> Edit:
    """A comment at the end of the finding's line where one can stand, else alone before its statement."""
    lines, row = module.parsed.source.lines, finding.span.line
    first, last = _statement(module, row)
    tokens = _tokens(lines[first - 1 : last])
    ends = [token for token in tokens if token.start[0] == row - first + 1 and token.type in _LINE_ENDS]
    comment = next((token for token in ends if token.type == tokenize.COMMENT), None)
    if comment is not None:
        column = comment.start[1] + 1
        if (own := OWN.match(comment.string)) and own["kind"].lower() == "ignore":
            return _insert(module, row, column + own.end("codes"), _one_more(own["codes"], finding.code))
        if (noqa := NOQA.match(comment.string)) is not None:
            return _insert(module, row, column + noqa.end(), f",{finding.code}")
    elif ends:
        column = len(lines[row - 1].rstrip()) + 1
        return _insert(module, row, column, f"  # tflint: ignore[{finding.code}]")
    return _insert(module, first, 1, f"{_indentation(lines[first - 1])}# tflint: ignore[{finding.code}]\n")


def in_file(module: Module, finding: Finding) -> Edit:
    """A comment for the whole file: on its first line, in a notebook before the finding's statement."""
    lines = module.parsed.source.lines
    for row, line in enumerate(lines, 1):
        own = OWN.match(line)
        if own is not None and own["kind"].lower() == "ignore-file":
            return _insert(module, row, own.end("codes") + 1, _one_more(own["codes"], finding.code))
    text = f"# tflint: ignore-file[{finding.code}]\n"
    if module.notebook is not None:
        first, _ = _statement(module, finding.span.line)
        return _insert(module, first, 1, _indentation(lines[first - 1]) + text)
    row = next((row for row, line in enumerate(lines[:3], 1) if not BEFORE_ALL.match(line)), len(lines))
    return _insert(module, row, 1, text)


_LINE_ENDS = (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT)


def _statement(module: Module, row: int) -> tuple[int, int]:
    """First and last line of the statement that a line belongs to; of one with a body, of what stands before that."""
    found: tuple[int, int] = (row, row)
    pending: list[nodes.NodeNG] = list(module.tree.body)
    while pending:
        node = pending.pop()
        first, last = node.fromlineno or 0, node.end_lineno or 0
        if isinstance(node, nodes.FunctionDef | nodes.ClassDef) and node.decorators is not None:
            first = min(first, node.decorators.fromlineno)
        if not first <= row <= last:
            continue
        if node.is_statement:
            inside = [child.fromlineno for child in node.get_children() if child.is_statement and child.fromlineno]
            found = (first, max(first, min(inside) - 1) if inside else last)
        pending = [child for child in node.get_children() if child.is_statement or hasattr(child, "body")]
    return found


def _tokens(lines: Sequence[str]) -> list[tokenize.TokenInfo]:
    found: list[tokenize.TokenInfo] = []
    try:
        found.extend(tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline))
    except (tokenize.TokenError, SyntaxError):
        # The head of a statement ends where its body would begin.
        return found
    return found


def _one_more(codes: str, code: str) -> str:
    return f", {code}" if codes.strip() else code


def _insert(module: Module, line: int, column: int, text: str) -> Edit:
    return Edit(Span(module.path, line, column, line, column), text)


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
