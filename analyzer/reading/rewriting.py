"""Edits carried into a notebook's file: only the sources of changed cells are written anew, the rest stays as it is.

Spans of findings count lines of the joined text, which a file does not have. So: `by_cell` sorts edits by cell and
counts their lines from the cell's first, they are made in the text of each cell (`Notebook.cells`), and
`with_sources` puts the new texts into the file's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from analyzer.findings import Edit
from analyzer.reports import Cells

SPACE = re.compile(r"[ \t\n\r]*")
ESCAPED_LETTER = re.compile(r"\\u(?:00[89a-f]|0[1-9a-f]|[1-9a-f])", re.IGNORECASE)
SURROGATE = re.compile("[\ud800-\udfff]")
DECODER = json.JSONDecoder()


def by_cell(edits: Iterable[Edit], cells: Cells) -> dict[int, list[Edit]] | None:
    """Edits by the number of their cell, in the order given, their lines counted in the cell.

    None where an edit reaches from one cell into another: no file can hold it.
    """
    found: dict[int, list[Edit]] = {}
    for edit in edits:
        number, line = cells.locate(edit.span.line)
        last, end_line = cells.locate(edit.span.end_line)
        if number != last:
            return None
        span = replace(edit.span, line=line, end_line=end_line)
        found.setdefault(number, []).append(Edit(span, edit.text))
    return found


def with_sources(original: str, sources: Mapping[int, str]) -> str:
    """A notebook's JSON with the sources of some cells replaced, by the cells' numbers.

    A list of lines stays one, each unchanged line as it is written; a string stays a string. Every character outside
    the replaced sources is that of `original`. Raises KeyError where the notebook has no such cell with a source.
    """
    places = dict(enumerate(_sources(original), 1))
    ascii_only = original.isascii() and ESCAPED_LETTER.search(original) is not None
    pieces, done = [], 0
    for number in sorted(sources):
        place = places[number]
        if place is None:
            raise KeyError(number)
        start, end = place
        pieces += [original[done:start], _written(original[start:end], sources[number], ascii_only)]
        done = end
    return "".join([*pieces, original[done:]])


def _written(old: str, text: str, ascii_only: bool) -> str:
    """A source in the manner of the old one."""
    if not old.startswith("["):
        return old if DECODER.decode(old) == text else _string(text, ascii_only)
    items = [(old[start:end], start, end) for start, end in _elements(old, 0)]
    before = [DECODER.decode(item) for item, _, _ in items]
    after = text.splitlines(keepends=True)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    written = [item for item, _, _ in items[:head]]
    written += [_string(line, ascii_only) for line in after[head : len(after) - tail]]
    written += [item for item, _, _ in items[len(items) - tail :]]
    if not written or not items:
        return f"[{', '.join(written)}]"
    opening, closing = old[: items[0][1]], old[items[-1][2] :]
    between = old[items[0][2] : items[1][1]] if len(items) > 1 else "," + (opening[1:] or " ")
    return opening + between.join(written) + closing


def _common(one: list[str], other: list[str]) -> int:
    """How many items two lists begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _string(text: str, ascii_only: bool) -> str:
    """As JSON; half a surrogate pair is always escaped, UTF-8 has none."""
    return SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", json.dumps(text, ensure_ascii=ascii_only))


def _sources(text: str) -> Iterator[tuple[int, int] | None]:
    """Where the source of each cell stands, cells of every kind counted; None for a cell without."""
    top = _members(text, _space(text, 0))
    sheets = [top] if "cells" in top else [_members(text, start) for start, _ in _elements(text, top["worksheets"][0])]
    for sheet in sheets:
        for start, _ in _elements(text, sheet["cells"][0]) if "cells" in sheet else ():
            members = _members(text, start)
            yield members.get("source", members.get("input"))


def _members(text: str, start: int) -> dict[str, tuple[int, int]]:
    """Where the values of the object at `start` stand; of a key given twice the last, as in json."""
    found: dict[str, tuple[int, int]] = {}
    at = _space(text, start + 1)
    while text[at] == '"':
        key, at = DECODER.raw_decode(text, at)
        first = _space(text, _space(text, at) + 1)
        found[key] = first, (last := _end(text, first))
        at = _past_comma(text, last)
    return found


def _elements(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where the values of the array at `start` stand."""
    at = _space(text, start + 1)
    while text[at] != "]":
        end = _end(text, at)
        yield at, end
        at = _past_comma(text, end)


def _past_comma(text: str, at: int) -> int:
    at = _space(text, at)
    return _space(text, at + 1) if text[at] == "," else at


def _end(text: str, at: int) -> int:
    value: tuple[Any, int] = DECODER.raw_decode(text, at)
    return value[1]


def _space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found is not None else at
