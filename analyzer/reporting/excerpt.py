"""A line of source with carets under what is meant, cut and aligned for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from analyzer.findings import Span
from analyzer.reporting.wording import printable

TAB = 4
ELLIPSIS = "…"
NARROWEST_LABEL = 24


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an excerpt: what the gutter says, source text, and what stands under it."""

    gutter: str
    source: str = ""
    pad: int = 0
    carets: str = ""
    label: str = ""


def rows(lines: Sequence[str], span: Span, label: str, width: int, wrap: bool) -> Iterator[Row]:
    """The line of `span` after the line before it, its first line underlined, with `label` beside or below.

    `width` is what source text may take, in terminal cells; a label goes over it only where `wrap` is off.
    """
    yield Row("")
    if 2 <= span.line <= len(lines) + 1 and lines[span.line - 2].strip():
        yield Row(str(span.line - 1), _cut(_Cells.of(lines[span.line - 2]), 0, width))
    cells = _Cells.of(lines[span.line - 1] if span.line <= len(lines) else "")
    start, end = cells.reach(span)
    left = _window(cells.total, start, end, width)
    yield Row(str(span.line), _cut(cells, left, width))
    # The caret line copies what `_cut` did: an ellipsis in place of the first cell, and nothing past the last.
    start, end = max(start - left, 0), min(end - left, width)
    carets = "^" * max(end - start, 1)
    beside = width - start - len(carets) - 1
    if not wrap or cell_len(label) <= beside:
        yield Row("", pad=start, carets=carets, label=label)
    else:
        yield Row("", pad=start, carets=carets)
        indent = min(start, max(width - max(NARROWEST_LABEL, min(cell_len(label), width // 2)), 0))
        for piece in textwrap.wrap(label, max(width - indent, 1)):
            yield Row("", pad=indent, label=piece)
    yield Row("")


@dataclass(frozen=True, slots=True)
class _Cells:
    """A line as a terminal shows it: each code point's text and the cell it begins in."""

    pieces: tuple[str, ...]
    begins: tuple[int, ...]
    total: int
    text_end: int
    """Code points before trailing blanks."""

    @classmethod
    def of(cls, line: str) -> _Cells:
        pieces: list[str] = []
        begins: list[int] = []
        at = 0
        line = line.rstrip("\r\n\f")
        for char in line:
            piece = " " * (TAB - at % TAB) if char == "\t" else printable(char)
            pieces.append(piece)
            begins.append(at)
            at += cell_len(piece)
        return cls(tuple(pieces), tuple(begins), at, len(line.rstrip()))

    def reach(self, span: Span) -> tuple[int, int]:
        """The cells from the beginning of `span` to its end, or to the end of the text of its first line."""
        last = span.end_column - 1 if span.end_line == span.line else self.text_end
        start = self._at(span.column - 1)
        return start, max(self._at(last), start + 1)

    def _at(self, index: int) -> int:
        return self.begins[index] if 0 <= index < len(self.begins) else self.total


def _window(total: int, start: int, end: int, width: int) -> int:
    """The first cell to show so that the span is in sight, with some of what stands before it."""
    if total <= width or end <= width:
        return 0
    return min(max(start - width // 3, 0), max(total, end) - width)


def _cut(cells: _Cells, left: int, width: int) -> str:
    first = left + 1 if left else 0
    text = ELLIPSIS if left else ""
    taken = len(text)
    for piece, begin in zip(cells.pieces, cells.begins, strict=True):
        if taken > width:
            break
        if begin >= first:
            # A wide character that straddles the cut leaves a blank.
            text += " " * (begin - left - taken) + piece
            taken = begin - left + cell_len(piece)
    if taken > width:
        text = set_cell_size(text, width - 1) + ELLIPSIS
    return text.rstrip()
