"""Edits in a notebook's file: the changed lines change, and not one character more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.findings import Edit, Span
from analyzer.reading.notebook import read
from analyzer.reading.rewriting import by_cell, with_sources
from analyzer.reports import Cells
from tests.reading.notebooks import cell, nb4

PATH = Path("/nowhere/trial.ipynb")


def edit(line: int, column: int, end_line: int, end_column: int, text: str) -> Edit:
    return Edit(Span(PATH, line, column, end_line, end_column), text)


def texts(original: str) -> dict[int, str]:
    return {one.number: one.text for one in read(original).cells}


ORIGINALS = {
    "jupyter": nb4(cell("# é", "markdown"), "a = 1\nb = 2\n", "%%bash\nls", "c\n"),
    "raw letters": '{"cells": [{"cell_type": "code", "source": ["é = 1\\n", "b"]}]}',
    "one line": json.dumps(json.loads(nb4("a\nb", cell("c\nd"))), separators=(",", ":")),
    "strings, tabs": json.dumps(json.loads(nb4(cell("a\nb"), cell("c"))), indent="\t"),
    "odd escapes": '{ "cells" :[ {"source": [ "a\\/b\\n" ,"\\u0063\\n"] , "cell_type":"code"} ] }\r\n',
    "nbformat 3": json.dumps(
        {"worksheets": [{}, {"cells": [{"cell_type": "code", "input": ["a\n", "b"]}]}, {"cells": []}], "nbformat": 3}
    ),
    "same key twice": '{"cells": 1, "cells": [{"cell_type": "code", "source": "x", "source": "a"}]}',
}


@pytest.mark.parametrize("original", ORIGINALS.values(), ids=ORIGINALS.keys())
def test_nothing_changed_changes_nothing(original: str) -> None:
    assert with_sources(original, {}) == original
    assert with_sources(original, texts(original)) == original


@pytest.mark.parametrize("original", ORIGINALS.values(), ids=ORIGINALS.keys())
def test_only_the_new_line_is_new(original: str) -> None:
    number, text = next(iter(texts(original).items()))
    changed = with_sources(original, {number: "ü = 0\n" + text})
    assert texts(changed) == texts(original) | {number: "ü = 0\n" + text}
    at = next(index for index, (a, b) in enumerate(zip(original, changed, strict=False)) if a != b)
    tail = len(original) - at
    assert changed.endswith(original[len(original) - tail :])
    assert len(changed) < len(original) + 40


def test_the_manner_is_kept() -> None:
    original = nb4("a = 1\nb = 2\nc = 3")
    changed = with_sources(original, {1: "a = 1\nb = 5\nd = 4\nc = 3"})
    assert changed == original.replace('"b = 2\\n",', '"b = 5\\n",\n    "d = 4\\n",')
    assert with_sources(nb4(cell("a")), {1: "b\nc"}) == nb4(cell("b\nc"))


def test_letters_are_escaped_where_they_were() -> None:
    assert '"ü"' in with_sources(ORIGINALS["raw letters"], {1: "ü"})
    assert '"\\u00fc"' in with_sources(ORIGINALS["jupyter"], {2: "ü"})
    assert '"ü"' in with_sources(nb4(cell("a")), {1: "ü"})


def test_half_a_surrogate_can_be_written() -> None:
    original = '{"cells": [{"cell_type": "code", "source": ["é\\n", "\'\\ud83d\'\\n", "b"]}]}'
    assert with_sources(original, {1: "x\n'\ud83d'\nb"}) == original.replace("é", "x")
    assert "\\ud83d" in with_sources(original, {1: "'\ud83d' "})


@pytest.mark.parametrize(("old", "new"), [("a\nb", ""), ("a", "a\n"), ("a\n", "b\n"), ("", "a\nb"), ("a\nb\nc", "b")])
def test_any_source_can_become_any_other(old: str, new: str) -> None:
    changed = with_sources(nb4("first", old, "last"), {2: new})
    assert texts(changed) == {1: "first", 2: new, 3: "last"}


def test_several_cells_at_once() -> None:
    changed = with_sources(nb4("a", "b", "c"), {3: "z", 1: "x"})
    assert changed == nb4("x", "b", "z")


@pytest.mark.parametrize("number", [0, 3])
def test_a_cell_that_is_not_there(number: int) -> None:
    with pytest.raises(KeyError):
        with_sources(nb4("a", {"cell_type": "markdown"}), {number: "b"})


def test_edits_are_counted_in_their_cells() -> None:
    cells = Cells(((2, 1), (5, 3)))
    edits = [edit(2, 1, 2, 4, "x"), edit(3, 1, 3, 1, "y"), edit(1, 2, 2, 1, "z"), edit(4, 7, 9, 8, "w")]
    assert by_cell([], cells) == {}
    assert by_cell(edits, cells) == {
        2: [edit(2, 1, 2, 4, "x"), edit(1, 2, 2, 1, "z")],
        5: [edit(1, 1, 1, 1, "y"), edit(2, 7, 7, 8, "w")],
    }


def test_an_edit_over_two_cells_cannot_be_made() -> None:
    assert by_cell([edit(2, 1, 3, 1, "x")], Cells(((2, 1), (5, 3)))) is None
