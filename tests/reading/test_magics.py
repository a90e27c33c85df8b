"""What IPython adds to Python is taken out, and nothing else is touched or moved."""

from __future__ import annotations

import ast

import pytest

from analyzer.reading.magics import python


def lines(text: str) -> list[str]:
    plain = python(text)
    assert plain is not None
    return list(plain.lines)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1\n",
        "x = 7 % 3\nx %= 2\ny = x == 1 != 2",
        "x = (7\n% 3)\ny = [\n!= 1,\n]",
        "text = '''\n%matplotlib inline\n!ls\n%%bash\nwhat?\n'''",
        'r"""\n!ls\n"""; x = 1',
        "text = 'a \\\n!b'",
        "f'{x!r}' + f\"{y:%d}\"",
        "# what?\nx = 1  # %time?",
        "f(a=1, b='? x = !ls')",
        "x = 'it''s' \"?\"",
        "d = {'a':\n%b}",
        "a = b\\\n% c",
        "@decorated\ndef f():\n    return await_ / 2",
        "await f()\nasync with a as b:\n    pass",
        "pip = 1\nls",
        "time = 3",
    ],
)
def test_python_stays_as_it_is(text: str) -> None:
    plain = python(text)
    assert plain is not None
    assert "\n".join(plain.lines) == text
    assert plain.shifts == {}


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline",
        "%%late",
        "!pip install tensorflow==1.15 'quoted",
        "!!ls",
        "?tf.nn",
        "??f",
        "tf.nn?",
        "tf.nn.relu??",
        "%time?",
        "x.y[0]?",
        ",f a b",
        ";f a b",
        "/f a",
        "%cd ~/it's (here",
        "% ls",
    ],
)
def test_a_magic_alone_becomes_nothing_or_pass_in_a_block(magic: str) -> None:
    assert lines(f"a = 1\n{magic}\nb = 2") == ["a = 1", "", "b = 2"]
    assert lines(f"if a:\n    {magic}\nb = 2") == ["if a:", "    pass", "b = 2"]
    assert lines(f"if a:\n    b = 1\n    {magic}\n    c = 2") == ["if a:", "    b = 1", "    pass", "    c = 2"]


def test_a_magic_goes_on_after_a_backslash() -> None:
    assert lines("!pip install \\\n  'one \\\n  two\nb = 2") == ["", "", "", "b = 2"]


@pytest.mark.parametrize("value", ["!ls 'x", "%ls", "% ls", "!!date (", "%sql select \\\n  1"])
def test_the_value_of_a_magic_is_unknown(value: str) -> None:
    more = [""] * value.count("\n")
    assert lines(f"x = {value}\ny = 1") == ["x = get_ipython()", *more, "y = 1"]
    assert lines(f"def f():\n    a, b = {value}") == ["def f():", "    a, b = get_ipython()", *more]


def test_a_magic_that_runs_python_leaves_it() -> None:
    plain = python("%time f(1)\n    \nif a:\n    %timeit -n 3 -r2 g()\nx = %time h(2)")
    assert plain is not None
    assert plain.lines == ("f(1)", "    ", "if a:", "    g()", "x =       h(2)")
    assert plain.shifts == {1: -6, 4: -17}
    assert lines("%time not python (\nx = 1") == ["", "x = 1"]


@pytest.mark.parametrize("name", ["time", "timeit -n 3 -r 1", "capture out", "prun", "memit"])
def test_a_cell_magic_of_python_keeps_the_body(name: str) -> None:
    assert lines(f"%%{name}\nf(1)") == ["", "f(1)"]
    assert lines(f"\n%%{name}\nf(1)\n!ls") == ["", "", "f(1)", ""]


@pytest.mark.parametrize("name", ["bash", "html", "writefile model.py", "javascript", "script perl", "R", "unheard_of"])
def test_a_cell_of_another_magic_is_no_python(name: str) -> None:
    assert python(f"%%{name}\nx = 1") is None


def test_a_cell_magic_is_one_only_at_the_top() -> None:
    assert lines("x = 1\n%%bash\ny = 2") == ["x = 1", "", "y = 2"]
    assert lines("# so\n%%bash\ny = 2") == ["# so", "", "y = 2"]
    assert lines("%%bash?\ny = 2") == ["", "y = 2"]


@pytest.mark.parametrize("text", ["pip install x", "ls -la", "cd ..", "ls", "load_ext tensorboard"])
def test_without_a_percent_only_in_a_cell_of_one_line(text: str) -> None:
    assert lines(text) == [""]
    assert lines(f"{text}\nx") == [text, "x"]


def test_an_indented_cell_is_moved_left_as_ipython_does() -> None:
    plain = python("  a = 1\n  if a:\n    %time b()\n\n c")
    assert plain is not None
    assert plain.lines == ("a = 1", "if a:", "  b()", "", " c")
    assert plain.shifts == {1: -2, 2: -2, 3: -8}


@pytest.mark.parametrize("text", ["x = (1,\n!ls", "'''\n!ls", "x = 'a\n!ls", "\\", "?", "=", "%", "((\n]]\n?"])
def test_broken_cells_keep_their_lines(text: str) -> None:
    assert len(lines(text)) == text.count("\n") + 1


def test_what_is_left_parses() -> None:
    text = "%matplotlib inline\nimport a\n!pip install b\nfor c in a:\n    %time d(c)\n    e?\nf = !ls\nf"
    assert len(ast.parse("\n".join(lines(text))).body) == 4
