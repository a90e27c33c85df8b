"""Text, tokens and nodes of a module at a Span; nothing is found where the tokens do not confirm it."""

from __future__ import annotations

import io
import tokenize
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from astroid import nodes

from analyzer.findings import Edit, Span
from analyzer.reading.project import Module

Node = TypeVar("Node", bound=nodes.NodeNG)
Modules = Mapping[Path, Module]
SILENT = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})
LOOSE = (nodes.IfExp, nodes.Lambda, nodes.NamedExpr, nodes.GeneratorExp, nodes.Yield, nodes.YieldFrom, nodes.Tuple)
"""Expressions that need parentheses where another operator, or a comma, comes after them."""


@lru_cache(maxsize=8)
def tokens(module: Module) -> tuple[tokenize.TokenInfo, ...]:
    """The tokens of a module; none where it does not parse as a whole."""
    if module.parsed.partial:
        return ()
    # A magic may hold a quote that nothing closes; where Python's lines are shifted, `is_written` finds nothing.
    text = module.notebook.code if module.notebook is not None else "\n".join(module.parsed.source.lines)
    try:
        return tuple(tokenize.generate_tokens(io.StringIO(text + "\n", newline="\n").readline))
    except (tokenize.TokenError, SyntaxError):
        return ()


def text_of(module: Module, span: Span) -> str:
    """The text that a span covers, its lines joined by newlines."""
    lines = list(module.parsed.source.lines[span.line - 1 : span.end_line])
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def code_of(module: Module, node: nodes.NodeNG) -> str:
    """An expression's text, in parentheses where it needs them beside an operator or a comma."""
    text = text_of(module, module.span(node))
    return f"({text})" if isinstance(node, LOOSE) and not text.startswith("(") else text


def node_at(module: Module, span: Span | None, kind: type[Node]) -> Node | None:
    """The node of a kind that stands exactly there, in the text as in the tree."""
    if span is None or span.path != module.path:
        return None
    for node in module.tree.nodes_of_class(kind):
        if node.lineno == span.line and module.span(node) == span and is_written(module, node):
            found: Node = node
            return found
    return None


def find(modules: Modules, span: Span | None, kind: type[Node]) -> tuple[Module, Node] | None:
    """The node of a kind at a span, with its module."""
    module = modules.get(span.path) if span is not None else None
    node = node_at(module, span, kind) if module is not None else None
    return (module, node) if module is not None and node is not None else None


def is_written(module: Module, node: nodes.NodeNG) -> bool:
    """Whether tokens begin and end where the node does: in an f-string they do not."""
    span = module.span(node)
    first, last = _index(module, (span.line, span.column - 1)), _index(module, (span.end_line, span.end_column - 1))
    found = tokens(module)
    starts = first < len(found) and found[first].start == (span.line, span.column - 1)
    return starts and last > 0 and found[last - 1].end == (span.end_line, span.end_column - 1)


def before(module: Module, line: int, column: int) -> Iterator[tokenize.TokenInfo]:
    """The tokens that end at or before a place (1-based column), backwards; comments and line ends left out."""
    found = tokens(module)
    for token in reversed(found[: _index(module, (line, column - 1))]):
        if token.type not in SILENT and token.end <= (line, column - 1):
            yield token


def after(module: Module, line: int, column: int) -> Iterator[tokenize.TokenInfo]:
    """The tokens that start at or after a place (1-based column); comments and line ends left out."""
    for token in tokens(module)[_index(module, (line, column - 1)) :]:
        if token.type not in SILENT:
            yield token


def comment_between(module: Module, start: tuple[int, int], end: tuple[int, int]) -> bool:
    """Whether a comment stands between two places (1-based columns)."""
    low, high = _index(module, (start[0], start[1] - 1)), _index(module, (end[0], end[1] - 1))
    return any(token.type == tokenize.COMMENT for token in tokens(module)[low:high])


def between(module: Module, start: tuple[int, int], end: tuple[int, int]) -> Span:
    """The span from one 1-based place to another."""
    return Span(module.path, *start, *end)


def insert(module: Module, line: int, column: int, text: str) -> Edit:
    return Edit(Span(module.path, line, column, line, column), text)


def replace(module: Module, node: nodes.NodeNG, text: str) -> Edit:
    return Edit(module.span(node), text)


def append(module: Module, node: nodes.NodeNG, text: str) -> tuple[Edit, ...]:
    """Text after an expression; the expression goes into parentheses where it needs them."""
    span = module.span(node)
    end = insert(module, span.end_line, span.end_column, text)
    if not isinstance(node, LOOSE) or text_of(module, span).startswith("("):
        return (end,)
    return insert(module, span.line, span.column, "("), Edit(end.span, f"){text}")


def wrap(module: Module, node: nodes.NodeNG, head: str, tail: str) -> tuple[Edit, Edit]:
    """Text before and after an expression."""
    span = module.span(node)
    return insert(module, span.line, span.column, head), insert(module, span.end_line, span.end_column, tail)


def _index(module: Module, place: tuple[int, int]) -> int:
    """The number of tokens that start before a place (0-based column)."""
    found = tokens(module)
    return bisect_left(found, place, key=lambda token: token.start)
