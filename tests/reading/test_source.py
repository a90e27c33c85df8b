"""Positions, decoding, and recovery from what does not parse."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from analyzer.reading.source import Source, UnreadableSource, decode, parse

PATH = Path("/nowhere/program.py")


def names(tree: ast.Module) -> list[str]:
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]


@pytest.mark.parametrize(
    ("text", "byte", "points", "utf16"),
    [("abc", 2, 2, 2), ("é = x", 3, 2, 2), ("𝒳 = x", 5, 2, 3), ("日本 = x", 7, 3, 3)],
)
def test_columns_in_bytes_code_points_and_utf16(text: str, byte: int, points: int, utf16: int) -> None:
    source = Source.of(PATH, text)
    assert source.code_points(1, byte) == points
    assert source.utf16(1, points + 1) == utf16


def test_lines_end_as_python_says() -> None:
    assert Source.of(PATH, "a\r\nb\rc\nd\fe").lines == ("a", "b", "c", "d\fe")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x = 1\0", "binary"),
        (b"x = '\xff'\n", "line 1 is not valid utf-8"),
        (b"# coding: nonsense\n", "encoding cannot be told"),
    ],
)
def test_what_is_not_text_says_why(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableSource, match=words):
        decode(data)


@pytest.mark.parametrize(
    "data", ["x = 'é'".encode(), b"\xef\xbb\xbfx = 1", "# coding: latin-1\nx = 'é'".encode("latin-1")]
)
def test_declared_encodings(data: bytes) -> None:
    assert "x = " in decode(data)


def test_what_parses_is_not_touched() -> None:
    parsed = parse(Source.of(PATH, "x = 1\n"))
    assert not parsed.partial
    assert parsed.left_out == frozenset()


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("good = 1\nbad = (\nlast = 2\n", 2),
        ("def f():\n    a = 1\n    b = = 2\n    c = 3\n\nlast = 2\n", 3),
        ("def f():\n\nlast = 2\n", 3),
        ("if True\n    a = 1\nlast = 2\n", 1),
        ("class A:\n    def f(self):\n        return (1,\n    def g(self):\n        return 2\nlast = 2\n", 3),
        ("  x = 1\nlast = 2\n", 1),
        ("x = 'abc\nlast = 2\n", 1),
        ("foo(a=1, 2)\nlast = 2\n", 1),
    ],
)
def test_the_rest_is_read_around_the_error(broken: str, line: int) -> None:
    parsed = parse(Source.of(PATH, broken))
    assert parsed.problem is not None
    assert parsed.problem.line == line
    assert any(isinstance(node, ast.Assign) and node.targets[0].id == "last" for node in parsed.tree.body)  # type: ignore[attr-defined]


def test_wrong_unindent_keeps_every_statement_and_its_columns() -> None:
    text = "def f(x):\n   def g(y):\n        return y\n\n    z = g(x)\n    return z\n"
    parsed = parse(Source.of(PATH, text))
    assert parsed.problem is not None
    assert parsed.problem.line == 5
    assert "unindent" in parsed.problem.words
    assert parsed.left_out == frozenset()
    call = next(node for node in ast.walk(parsed.tree) if isinstance(node, ast.Call))
    span = parsed.span(call.lineno, call.col_offset, call.end_lineno or 0, call.end_col_offset or 0)
    assert text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1] == "g(x)"


@pytest.mark.parametrize(
    "statement",
    ['print "loss", loss', "print loss", "raise ValueError, 'no'", "x = `y`", "if a <> b: pass", "exec 'x = 1'"],
)
def test_python_2_is_named(statement: str) -> None:
    parsed = parse(Source.of(PATH, f"before = 1\n{statement}\nlast = 2\n"))
    assert parsed.problem is not None
    assert parsed.problem.python_2
    assert len(parsed.tree.body) >= 2


def test_python_2_handlers_are_named() -> None:
    parsed = parse(Source.of(PATH, "try:\n    x = 1\nexcept ValueError, e:\n    pass\nlast = 2\n"))
    assert parsed.problem is not None
    assert parsed.problem.python_2


@pytest.mark.parametrize("text", ["x = " + "(" * 500, "x = " + "-" * 100_000 + "1", "\n" * 10 + "]" * 300])
def test_hopeless_text_ends(text: str) -> None:
    assert parse(Source.of(PATH, text)).problem is not None


def test_hundreds_of_print_statements_lose_nothing_else() -> None:
    text = (
        "first = 1\n"
        + "\n".join(f"if first:\n    print 'line', {n}\n    x{n} = 1" for n in range(400))
        + "\nlast = 2\n"
    )
    parsed = parse(Source.of(PATH, text))
    assert parsed.problem is not None
    assert parsed.problem.python_2
    assert len(parsed.left_out) == 400
    assert len(parsed.tree.body) == 402


def test_what_stands_before_a_hopeless_part_is_kept() -> None:
    text = "first = 1\n" + "x = = 1\n" * 300
    parsed = parse(Source.of(PATH, text))
    assert [type(node).__name__ for node in parsed.tree.body][:1] == ["Assign"]
    assert 1 not in parsed.left_out
