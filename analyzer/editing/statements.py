"""Edits to whole statements."""

from __future__ import annotations

import tokenize

from astroid import nodes

from analyzer.editing.text import insert, is_written, tokens
from analyzer.findings import Edit
from analyzer.reading.project import Module

STEP = "    "


def under(module: Module, statement: nodes.NodeNG, header: str) -> tuple[Edit, ...] | None:
    """A simple statement moved into a block of its own; lines inside its strings stay where they are.

    None where the statement shares a line with another one.
    """
    span = module.span(statement)
    lines = module.parsed.source.lines
    lead = lines[span.line - 1][: span.column - 1]
    if lead.strip() or not is_written(module, statement) or hasattr(statement, "body"):
        return None
    tail = [
        token for token in tokens(module) if token.start[0] == span.end_line and token.start[1] >= span.end_column - 1
    ]
    if tail and tail[0].type not in (tokenize.COMMENT, tokenize.NEWLINE):
        return None
    step = "\t" if lead.endswith("\t") else STEP
    held = {
        line
        for token in tokens(module)
        if token.type == tokenize.STRING
        for line in range(token.start[0] + 1, token.end[0] + 1)
    }
    edits = [insert(module, span.line, span.column, f"{header}\n{lead}{step}")]
    for line in range(span.line + 1, span.end_line + 1):
        if lines[line - 1].strip() and line not in held and not lines[line - 2].endswith("\\\\"):
            edits.append(insert(module, line, 1, step))
    return tuple(edits)
