"""A file as the page shows it: coloured lines, with the findings below theirs and the quiet stretches folded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pygments.lexers import PythonLexer
from pygments.token import Token, _TokenType, is_token_subtype

from analyzer.findings import Finding, Severity, Span
from analyzer.reports import Cells

AROUND = 4
"""Lines that stay in sight before and after one that something is said of."""
SHORTEST_FOLD = 10
LONGEST_LINE = 2000
"""Letters of a line that are shown."""
LONGEST_MARK = 8
"""Lines up to which the text of a finding is underlined as a whole; of a longer one only the first."""
KINDS = {
    Token.Keyword: "k", Token.Name.Builtin: "b", Token.Name.Function: "f", Token.Name.Class: "f",
    Token.Name.Decorator: "b", Token.Literal.String: "s", Token.Literal.Number: "n", Token.Comment: "c",
    Token.Operator.Word: "k",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: its text, its class as code, and the severity of a finding that it belongs to."""

    text: str
    kind: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line; `number` as the file counts, `label` as the reader does."""

    number: int
    label: str
    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...] = ()
    cell: int | None = None
    """The number of the notebook's cell that begins here."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines in sight, or folded away until somebody asks."""

    lines: tuple[Line, ...]
    folded: bool

    @property
    def hint(self) -> str:
        """What a fold hides."""
        first, last = self.lines[0].label, self.lines[-1].label
        inside_a_cell = not any(line.cell for line in self.lines[1:])
        return f"{len(self.lines)} lines" + (f", {first} to {last}" if inside_a_cell else "")


def stretches(
    lines: Sequence[str], findings: Sequence[Finding], telling: Collection[int], cells: Cells | None
) -> tuple[Stretch, ...]:
    """The whole file; `telling` are lines that must be in sight though no finding stands there."""
    shown = tuple(_lines(lines, findings, cells))
    told = {line.number for line in shown if line.findings} | set(telling)
    told |= {number for found in findings for number in (found.span.line, found.span.end_line)}
    near = {number + step for number in told for step in range(-AROUND, AROUND + 1)}
    return tuple(_folded(shown, near))


def _folded(lines: Sequence[Line], near: Collection[int]) -> Iterator[Stretch]:
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and (lines[end].number in near) == (lines[start].number in near):
            end += 1
        quiet = lines[start].number not in near
        yield Stretch(tuple(lines[start:end]), quiet and end - start >= SHORTEST_FOLD)
        start = end


def _lines(lines: Sequence[str], findings: Sequence[Finding], cells: Cells | None) -> Iterator[Line]:
    below: dict[int, list[Finding]] = {}
    for found in findings:
        below.setdefault(min(_last(found.span), len(lines)), []).append(found)
    starts = {first: cell for cell, first in cells.starts} if cells is not None else {}
    for number, pieces in enumerate(_coloured(lines), 1):
        label = str(number) if cells is None else str(cells.locate(number)[1])
        marks = [found for found in findings if found.span.line <= number <= _last(found.span)]
        marked = tuple(_marked(pieces, number, marks))
        yield Line(number, label, marked, tuple(below.get(number, ())), starts.get(number))


def _last(span: Span) -> int:
    return span.end_line if span.end_line - span.line < LONGEST_MARK else span.line


def _coloured(lines: Sequence[str]) -> Iterator[list[Piece]]:
    """The pieces of each line, as far as Pygments can make sense of it."""
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    rows: list[list[Piece]] = [[]]
    for kind, text in lexer.get_tokens("\n".join(map(_cut, lines))):
        for at, part in enumerate(text.split("\n")):
            if at:
                rows.append([])
            if not part:
                continue
            if rows[-1] and rows[-1][-1].kind == _kind(kind):
                part = rows[-1].pop().text + part
            rows[-1].append(Piece(part, _kind(kind)))
    rows += [[] for _ in range(len(lines) - len(rows))]
    yield from rows[: len(lines)]


def _cut(line: str) -> str:
    return seen(line) if len(line) <= LONGEST_LINE else seen(line[:LONGEST_LINE]) + "…"


def seen(text: str) -> str:
    """`text` with a sign for what is not printable, so that no character hides or reorders code."""
    return "".join(char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text)


def _kind(kind: _TokenType) -> str:
    return next((name for known, name in KINDS.items() if is_token_subtype(kind, known)), "")


def _marked(pieces: Sequence[Piece], number: int, findings: Sequence[Finding]) -> Iterator[Piece]:
    """The pieces, cut where findings begin and end."""
    width = sum(len(piece.text) for piece in pieces)
    ends = [(found.severity, *_reach(found.span, number, width)) for found in findings]
    cuts = sorted({0, width} | {at for _, start, end in ends for at in (start, end)})
    at = 0
    for piece in pieces:
        inner = [cut - at for cut in cuts if at < cut < at + len(piece.text)]
        for start, end in zip([0, *inner], [*inner, len(piece.text)], strict=True):
            over = [severity for severity, first, last in ends if first <= at + start < last]
            mark = min(over, key=lambda severity: severity.rank).value if over else ""
            yield Piece(piece.text[start:end], piece.kind, mark)
        at += len(piece.text)


def _reach(span: Span, number: int, width: int) -> tuple[int, int]:
    """The columns of a line that a span covers, 0-based, the end exclusive; at least one where there is any."""
    start = span.column - 1 if number == span.line else 0
    end = span.end_column - 1 if number == span.end_line else width
    return max(0, min(start, width - 1)), max(min(end, width), min(start + 1, width))


def loudest(findings: Sequence[Finding]) -> Severity | None:
    """The severity of the worst, None where there is none."""
    return min((found.severity for found in findings), key=lambda severity: severity.rank, default=None)
