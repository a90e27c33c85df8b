"""Notebooks: what Python runs of a `.ipynb` file, as one text, and which cell each line of it lies in.

The code cells are joined in order; spans of findings, frames of dry runs and edits count lines of the joined text, and
`Notebook.places` leads back to the cells.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.reading import magics
from analyzer.reading.source import LINE_ENDS, NOTEBOOK, Parsed, Source, SyntaxProblem, UnreadableSource, decode, parse
from analyzer.reports import Cells

SURROGATES = re.compile("[\ud800-\udfff]")
FUTURE = re.compile(r"from[ \t]+__future__[ \t]+import\b")


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its number among cells of every kind, its text as the notebook has it, and the Python of it."""

    number: int
    text: str
    python: magics.Python


@dataclass(frozen=True, slots=True)
class Notebook:
    """The code cells that run as Python, in order."""

    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        """The cells as the user sees them, joined."""
        return "\n".join(line for cell in self.cells for line in LINE_ENDS.split(_encodable(cell.text)))

    @property
    def code(self) -> str:
        """The same lines as Python runs them."""
        return "\n".join(_run_together(_encodable("\n".join(cell.python.lines)) for cell in self.cells))

    @property
    def places(self) -> Cells:
        starts, line = [], 1
        for cell in self.cells:
            starts.append((cell.number, line))
            line += len(cell.python.lines)
        return Cells(tuple(starts))


def read(text: str) -> Notebook:
    """The notebook that a file's text is.

    Raises UnreadableSource where it is none, or one in another language than Python.
    """
    data = _data(text)
    if (language := _language(data)) is not None:
        raise UnreadableSource(f"it is a notebook in {language}, and only Python can be analysed; leave it out")
    return Notebook(tuple(_python_cells(data)))


def shown(path: Path) -> Source:
    """The text that the spans of a file count in: of a notebook its cells, joined.

    Raises OSError where it cannot be read and UnreadableSource where it is not text, or not a notebook of Python.
    """
    if path.exists() and not path.is_file():  # a dry run's program may have named it: a device never ends
        raise UnreadableSource("no regular file")
    return of_text(path, decode(path.read_bytes()))


def of_text(path: Path, text: str) -> Source:
    """The same of a file that holds this text. Raises UnreadableSource where it is not a notebook of Python."""
    return Source.of(path, read(text).text if path.suffix == NOTEBOOK else text)


def parsed_text(path: Path, text: str) -> Parsed:
    """The tree of a file that holds this text. Raises UnreadableSource where it is not a notebook of Python."""
    return parsed(path, read(text)) if path.suffix == NOTEBOOK else parse(Source.of(path, text))


def is_foreign(data: bytes) -> bool:
    """Whether a file is a notebook in another language than Python."""
    try:
        return _language(_data(decode(data))) is not None
    except UnreadableSource:
        return False


def parsed(path: Path, notebook: Notebook) -> Parsed:
    """The tree of all cells, on the lines of the joined text; a cell that does not parse costs only itself."""
    body: list[ast.stmt] = []
    problems: list[SyntaxProblem] = []
    shifts: dict[int, int] = {}
    left_out: set[int] = set()
    for cell, (_, first) in zip(notebook.cells, notebook.places.starts, strict=True):
        part = parse(Source(path, "", tuple(map(_encodable, cell.python.lines))))
        before = first - 1
        body += ast.increment_lineno(part.tree, before).body
        for kept in (cell.python.shifts, part.shifts):
            for line, shift in kept.items():
                shifts[line + before] = shifts.get(line + before, 0) + shift
        left_out |= {line + before for line in part.left_out}
        if part.problem is not None:
            column = max(1, part.problem.column - cell.python.shifts.get(part.problem.line, 0))
            problems.append(
                SyntaxProblem(part.problem.line + before, column, part.problem.words, part.problem.python_2)
            )
    tree = ast.Module(body=body, type_ignores=[])
    problem, more = (problems[0], tuple(problems[1:])) if problems else (None, ())
    return Parsed(Source.of(path, notebook.text), tree, problem, shifts, frozenset(left_out), more)


def _data(text: str) -> dict[str, Any]:
    if not text.strip():
        raise UnreadableSource("it is empty, not a notebook; save it again in Jupyter, or leave it out")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}: {error.msg}"
        raise UnreadableSource(f"it is not JSON, as notebooks are ({where}); save it again in Jupyter") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableSource("it is not JSON that can be read, as notebooks are; save it again in Jupyter") from error
    if not isinstance(data, dict) or not isinstance(data.get("cells", data.get("worksheets")), list):
        raise UnreadableSource("it has no cells, so it is no notebook; save it again in Jupyter, or leave it out")
    return data


def _language(data: dict[str, Any]) -> str | None:
    """The language of the notebook's kernel as it is told, None for Python and where nothing is told."""
    metadata = _mapping(data.get("metadata"))
    told = (
        _mapping(metadata.get("language_info")).get("name"),
        _mapping(metadata.get("kernelspec")).get("language"),
        metadata.get("language"),
    )
    language = next((name for name in told if isinstance(name, str) and name), "python")
    return None if _is_python(language) else language


def _is_python(language: object) -> bool:
    return not isinstance(language, str) or language.lower().startswith(("python", "ipython"))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _all_cells(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells of every kind, of nbformat 4, or of the worksheets of 3."""
    sheets = [data] if isinstance(data.get("cells"), list) else [_mapping(sheet) for sheet in data["worksheets"]]
    for sheet in sheets:
        cells = sheet.get("cells")
        yield from map(_mapping, cells if isinstance(cells, list) else ())


def _python_cells(data: dict[str, Any]) -> Iterator[Cell]:
    for number, cell in enumerate(_all_cells(data), 1):
        if cell.get("cell_type") != "code":
            continue
        own = _mapping(_mapping(cell.get("metadata")).get("vscode")).get("languageId", cell.get("language"))
        text = _text(cell.get("source", cell.get("input", "")))
        if text is None:
            raise UnreadableSource(f"the source of cell {number} is no text; save the notebook again in Jupyter")
        if _is_python(own) and (python := magics.python(text)) is not None:
            yield Cell(number, text, python)


def _text(source: object) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _encodable(text: str) -> str:
    """Half a surrogate pair, which JSON can hold and UTF-8 cannot, replaced."""
    return SURROGATES.sub("\ufffd", text)


def _run_together(cells: Iterator[str]) -> Iterator[str]:
    """Each cell's code; a `from __future__` that no longer comes first goes, Python 3 has what it asks for."""
    begun = False
    for code in cells:
        if "__future__" not in code:
            begun = begun or bool(code.strip())
            yield code
            continue
        lines = [code[line.start : line.end] for line in magics.logical_lines(code)]
        for number, text in enumerate(lines):
            asks = FUTURE.match(text) is not None
            if begun and asks:
                lines[number] = "\n" * text.count("\n")
            begun = begun or not (asks or text.startswith("#") or not text.strip())
        yield "".join(lines)
