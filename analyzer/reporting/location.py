"""Where a finding is, as the person who looks for it counts: in a notebook by cell, elsewhere by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.findings import Span
from analyzer.reporting.selection import relative
from analyzer.reports import Report


@dataclass(frozen=True, slots=True)
class Location:
    """A place to show. In a notebook (`cell` is not None) lines are counted from the beginning of the cell."""

    file: str
    cell: int | None
    line: int
    column: int
    end_line: int
    end_column: int
    is_folder: bool = False
    """It is a SavedModel, which has no lines; for programs that want some it is the first."""

    def __str__(self) -> str:
        """`pkg/model.py:3:61`, `trial.ipynb:cell 3:2:5`."""
        return self.file if self.is_folder else f"{self.of_line}:{self.column}"

    @property
    def of_line(self) -> str:
        """`pkg/model.py:3`, `trial.ipynb:cell 3:2`."""
        return f"{self.file}:{self.line}" if self.cell is None else f"{self.file}:cell {self.cell}:{self.line}"

    @property
    def within(self) -> str:
        """The line, for a reader who knows the file: `line 3`, `cell 3, line 2`."""
        return f"line {self.line}" if self.cell is None else f"cell {self.cell}, line {self.line}"


def locate(span: Span, report: Report) -> Location:
    """The place of `span`: every report, for people or for programs, takes it from here."""
    cells = report.notebooks.get(span.path)
    cell, line = (None, span.line) if cells is None else cells.locate(span.line)
    is_folder = any(model.saved_model is not None and model.saved_model == span.path for model in report.models)
    end_line = line + span.end_line - span.line
    return Location(relative(span.path), cell, line, span.column, end_line, span.end_column, is_folder)


def locate_line(path: Path, line: int, report: Report) -> Location:
    """The place of a line of which no column is known."""
    return locate(Span(path, line, 1, line, 1), report)


def excerpt(span: Span, report: Report) -> tuple[Sequence[str], Span] | None:
    """The lines to show around `span`, and the span in them: of a notebook the cell; None where there is no source."""
    lines = report.sources.get(span.path)
    if lines is None or span.path not in report.notebooks:
        return None if lines is None else (lines, span)
    place = locate(span, report)
    first = span.line - place.line
    following = [start - 1 for _, start in report.notebooks[span.path].starts if start > span.line]
    shown = Span(span.path, place.line, span.column, place.end_line, span.end_column)
    return lines[first : min(following, default=len(lines))], shown
