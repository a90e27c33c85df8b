"""What is open in the editor, version by version, and what was last found of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris
from pygls.workspace import Workspace

from lsp_server.analysis.messages import Checked, FileReport

HALF_A_PAIR = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of an open notebook; `text` is None for what is no code."""

    uri: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """One version of an open file: its text, of a notebook its JSON, counted from 1 for each file."""

    uri: str
    path: Path
    text: str
    number: int
    version: int | None = None
    """The client's own count, for edits that must fit it."""
    cells: tuple[Cell, ...] = ()

    def uri_of(self, cell: int | None) -> str:
        """The document of a cell, by its 1-based number; the file's own where there are none."""
        return self.uri if cell is None or not self.cells else self.cells[cell - 1].uri

    def text_of(self, uri: str) -> str | None:
        """The text of the file, or of one of its cells."""
        return next((cell.text for cell in self.cells if cell.uri == uri), None) if self.cells else self.text


@dataclass(frozen=True, slots=True)
class Known:
    """What was found in a file, in which version of it (None: it was not open), and the lines that places count in.

    `shown` is another number whenever something else is to be shown.
    """

    report: FileReport
    number: int | None
    lines: tuple[str, ...]
    shown: int


@dataclass(slots=True)
class Session:
    """The open files and what is known of them and others."""

    documents: dict[Path, Document] = field(default_factory=dict)
    known: dict[Path, Known] = field(default_factory=dict)
    lines: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    _cells: dict[str, Path] = field(default_factory=dict)
    """The notebook of each cell."""
    _numbers: int = 0

    def put(self, workspace: Workspace, uri: str) -> Document:
        """A file was opened or changed."""
        found = workspace.get_text_document(uri)
        return self._put(uri, whole(found.source), found.version)

    def put_notebook(self, workspace: Workspace, notebook: types.NotebookDocument) -> Document:
        """A notebook was opened or changed."""
        cells = tuple(_cell(workspace, cell) for cell in notebook.cells)
        document = self._put(notebook.uri, _json(cells), notebook.version, cells)
        self._cells = {uri: path for uri, path in self._cells.items() if path != document.path}
        self._cells |= {cell.uri: document.path for cell in cells}
        return document

    def _put(self, uri: str, text: str, version: int | None, cells: tuple[Cell, ...] = ()) -> Document:
        self._numbers += 1
        document = Document(uri, path_of(uri), text, self._numbers, version, cells)
        self.documents[document.path] = document
        return document

    def close(self, uri: str) -> None:
        """A file or notebook was closed."""
        document = self.documents.pop(path_of(uri), None)
        for cell in document.cells if document is not None else ():
            self._cells.pop(cell.uri, None)

    def path(self, uri: str) -> Path:
        """The file of a document; of a cell its notebook."""
        return self._cells.get(uri) or path_of(uri)

    def line_of(self, path: Path, uri: str, line: int) -> int:
        """The 1-based line of a file, as findings count, that a 0-based line of one of its documents is."""
        document, known = self.documents.get(path), self.known.get(path)
        cells = known.report.cells if known is not None else None
        if document is None or cells is None:
            return line + 1
        return next((cells.joined(at, line + 1) for at, cell in enumerate(document.cells, 1) if cell.uri == uri), 1)

    def learn(self, checked: Checked, seen: Mapping[Path, Document]) -> tuple[Path, ...]:
        """Keep what was found in the versions `seen`; the files of which something else is shown now."""
        before, self.lines = self.known, checked.lines
        self.known = {path: self._known(path, report, seen) for path, report in checked.files.items()}
        paths = dict.fromkeys((*before, *self.known))
        return tuple(path for path in paths if _stamp(before.get(path)) != _stamp(self.known.get(path)))

    def _known(self, path: Path, report: FileReport, seen: Mapping[Path, Document]) -> Known:
        lines, number = tuple(self.lines.get(path, ())), seen[path].number if path in seen else None
        before = self.known.get(path)
        if before is not None and before.report == report and before.lines == lines:
            return Known(report, number, lines, before.shown)
        self._numbers += 1
        return Known(report, number, lines, self._numbers)

    def current(self, path: Path) -> Known | None:
        """What is known of a file, where that is of the text that it has now."""
        known, document = self.known.get(path), self.documents.get(path)
        if known is None or (document is not None and known.number != document.number):
            return None
        return known

    def uri(self, path: Path, cell: int | None = None) -> str:
        """The document that a place in a file lies in, as the client calls it."""
        document = self.documents.get(path)
        return document.uri_of(cell) if document is not None else uris.from_fs_path(str(path)) or path.as_uri()

    def uris(self, paths: Iterable[Path]) -> dict[str, Path]:
        """Every document of these files: of an open notebook its cells."""
        found: dict[str, Path] = {}
        for path in paths:
            document = self.documents.get(path)
            cells = [cell.uri for cell in document.cells if cell.text is not None] if document is not None else []
            found |= dict.fromkeys(cells or [self.uri(path)], path)
        return found


def _stamp(known: Known | None) -> int | None:
    return known.shown if known is not None else None


def path_of(uri: str) -> Path:
    """Where a file lies, its links followed; of what is not saved anywhere a path that nothing has."""
    name = uris.to_fs_path(uri) if uri.startswith("file:") else None
    return Path(os.path.realpath(name)) if name is not None else Path("/", uri.replace(":", "/", 1))


def whole(text: str) -> str:
    """A text without half surrogate pairs, which no file can hold; each becomes one code unit, so places stay."""
    return HALF_A_PAIR.sub("\ufffd", text)


def _cell(workspace: Workspace, cell: types.NotebookCell) -> Cell:
    if cell.kind is not types.NotebookCellKind.Code:
        return Cell(cell.document, None)
    return Cell(cell.document, whole(workspace.get_text_document(cell.document).source))


def _json(cells: Iterable[Cell]) -> str:
    """The notebook as a file would hold it: its code cells, and a place for each of the others."""
    written: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": ""}
        if cell.text is None
        else {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell.text}
        for cell in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": written})
