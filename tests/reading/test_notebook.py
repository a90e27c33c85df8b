"""Notebooks as one text: which cells, which lines, what is broken, and what is no notebook."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from analyzer.reading.notebook import Notebook, is_foreign, read
from analyzer.reading.project import Module, Project, build
from analyzer.reading.source import UnreadableSource
from tests.reading.notebooks import cell, nb4

PATH = Path("/nowhere/trial.ipynb")


def module(*cells: str) -> Module:
    return build(PATH, nb4(*cells))


def places(notebook: Notebook) -> tuple[tuple[int, int], ...]:
    return notebook.places.starts


def problem(text: str) -> str:
    with pytest.raises(UnreadableSource) as raised:
        read(text)
    return str(raised.value)


def test_code_cells_are_joined_in_order_and_counted_among_all() -> None:
    notebook = read(nb4(cell("# title", "markdown"), "a = 1\nb = 2", cell("raw", "raw"), "%%bash\nls", "c = 3\n", "d"))
    assert notebook.text == notebook.code == "a = 1\nb = 2\nc = 3\n\nd"
    assert places(notebook) == ((2, 1), (5, 3), (6, 5))
    assert [notebook.places.locate(line) for line in (1, 2, 3, 5)] == [(2, 1), (2, 2), (5, 1), (6, 1)]


def test_a_source_is_a_string_or_a_list() -> None:
    assert read(nb4(cell("a\nb"))) == read(nb4(cell(["a\n", "b"])))


def test_an_empty_cell_is_one_line_and_line_ends_are_pythons() -> None:
    notebook = read(nb4(cell([]), cell("a\r\nb\r"), cell("c\x0c\u2028"), "d"))
    assert places(notebook) == ((1, 1), (2, 2), (3, 5), (4, 6))
    assert notebook.text.split("\n") == ["", "a", "b", "", "c\x0c\u2028", "d"]


def test_nbformat_3_has_worksheets_and_inputs() -> None:
    code = {"cell_type": "code", "language": "python", "input": ["a = 1\n", "b"], "outputs": []}
    other = code | {"language": "ruby"}
    sheets = [{"cells": [{"cell_type": "heading", "source": "x"}, code, other]}, {"cells": [code]}]
    notebook = read(json.dumps({"metadata": {"name": ""}, "nbformat": 3, "worksheets": sheets}))
    assert notebook.text == "a = 1\nb\na = 1\nb"
    assert places(notebook) == ((2, 1), (4, 3))


def test_a_cell_of_another_language_is_left_out() -> None:
    r = cell("x <- 1", metadata={"vscode": {"languageId": "r"}})
    assert places(read(nb4("a", r, "b"))) == ((1, 1), (3, 2))


@pytest.mark.parametrize("text", [nb4(), nb4(cell("x", "markdown")), nb4("%%bash\nls"), nb4(language=None)])
def test_no_code_is_no_problem(text: str) -> None:
    notebook = read(text)
    assert notebook.cells == ()
    assert build(PATH, text).parsed.problem is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("  \n", "it is empty"),
        ("x = 1\n", "it is not JSON, as notebooks are (line 1"),
        ('{"cells": [\n', "it is not JSON, as notebooks are (line 2"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it has no cells"),
        ("3", "it has no cells"),
        ('{"nbformat": 4}', "it has no cells"),
        ('{"cells": {}}', "it has no cells"),
        (nb4("a", cell(3)), "the source of cell 2 is no text"),
        (nb4(cell(["a", 1])), "the source of cell 1 is no text"),
        (nb4("x <- 1", language="R"), "it is a notebook in R"),
        (nb4("x", language=None, language_info={"name": "julia"}), "it is a notebook in julia"),
    ],
)
def test_what_is_no_notebook_of_python(text: str, words: str) -> None:
    assert problem(text).startswith(words)


@pytest.mark.parametrize("cells", ['[1, null, {"cell_type": 3}]', '[[], {"cell_type": "code"}]'])
def test_odd_cells_cost_nothing(cells: str) -> None:
    assert read(f'{{"cells": {cells}, "metadata": []}}').text == ""


@pytest.mark.parametrize("language", ["python", "Python", "python3", "ipython", None])
def test_python_by_its_names(language: str | None) -> None:
    assert not is_foreign(nb4("a", language=language).encode())


def test_foreign_is_only_what_says_so() -> None:
    assert is_foreign(nb4("a", language="R").encode())
    assert not is_foreign(b"not json")
    assert not is_foreign(b"\xff\xfe")


def test_positions_are_those_of_the_cell() -> None:
    found = module("%matplotlib inline\né = '日本'; f(é)", "  if a:\n    %time g('ü', h)\n")
    calls = {node.func.name: found.span(node) for node in found.tree.nodes_of_class(_call())}
    assert (calls["f"].line, calls["f"].column, calls["f"].end_column) == (2, 11, 15)
    assert (calls["g"].line, calls["g"].column, calls["g"].end_column) == (4, 11, 20)
    assert found.parsed.source.lines[3][10:19] == "g('ü', h)"


def _call() -> type:
    from astroid import nodes

    call: type = nodes.Call
    return call


def test_half_a_surrogate_is_read_around() -> None:
    text = '{"cells": [{"cell_type": "code", "source": "x = \'\\ud83d\'; f(x)"}]}'
    found = build(PATH, text)
    (call,) = found.tree.nodes_of_class(_call())
    assert found.parsed.problem is None
    assert found.span(call).column == 10
    assert found.notebook is not None
    assert found.notebook.code.encode()


def defined(found: Module) -> list[str]:
    return [target.id for node in found.parsed.tree.body if isinstance(node, ast.Assign) for target in _names(node)]


def _names(node: ast.Assign) -> list[ast.Name]:
    return [target for target in node.targets if isinstance(target, ast.Name)]


@pytest.mark.parametrize("broken", ["x = (1,", "x = '''", "if x:", "def f(:", "x = [\n!ls\n", ")", "\x00", "return ="])
def test_a_broken_cell_costs_only_itself(broken: str) -> None:
    found = module("a = 1\n", broken, "b = 2\nc = 3", "%time d()")
    assert defined(found)[0] == "a"
    assert defined(found)[-2:] == ["b", "c"]
    assert found.parsed.problem is not None
    assert found.notebook is not None
    assert found.notebook.places.locate(found.parsed.problem.line)[0] == 2
    after = found.notebook.places.starts[2][1]
    assert max(found.parsed.left_out, default=1) < after


def test_each_broken_cell_is_told() -> None:
    found = module("a = (", "b = 1", "  c = )")
    assert found.parsed.problem is not None
    told = [found.parsed.problem, *found.parsed.more]
    assert [(one.line, one.column) for one in told] == [(1, 5), (3, 7)]


def test_cells_that_parse_only_together_do_not_parse() -> None:
    assert module("x = (1,", "2)").parsed.partial
    assert not module("x = (1,\n2)").parsed.partial


def test_await_at_the_top_parses() -> None:
    assert not module("await f()\nasync for a in b:\n    pass").parsed.partial


def test_a_future_import_stays_only_where_it_may_stand() -> None:
    notebook = read(nb4("%cd x\n# so\nfrom __future__ import annotations", "a = 1", "from __future__ import (\n a)\nb"))
    assert notebook.code.split("\n")[2:] == ["from __future__ import annotations", "a = 1", "", "", "b"]
    compile(notebook.code, "trial", "exec", dont_inherit=True)


def test_a_notebook_imports_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("x = 1\n")
    trial = tmp_path / "trial.ipynb"
    trial.write_text(nb4("import helper"))
    project = Project()
    assert project.module(trial).notebook is not None
    assert project.locate(trial, "helper") == tmp_path / "helper.py"
    assert project.locate(tmp_path / "helper.py", "trial") is None
