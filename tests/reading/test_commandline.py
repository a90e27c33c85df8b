"""argparse: a run without arguments is given the defaults; they name entries, as those of flags do."""

from __future__ import annotations

import pytest

from analyzer.reading.values import Choice, Const, Sequence, Unknown, constant
from tests.reading.running import value
from tests.rules.asking import lines, program

PARSER = "import argparse\np = argparse.ArgumentParser(description='d')\n"
NETS = """
def noisy(x):
    return tf.nn.dropout(x, rate=0.5)
def plain(x):
    return tf.layers.dense(x, 1)
NETS = {'noisy': noisy, 'plain': plain}
"""


def default_of(option: str, read: str = "p.parse_args().net") -> object:
    found = value(f"{PARSER}{option}\nx = {read}")
    if isinstance(found, Choice) and isinstance(found.options[0], Const):
        return found.options[0].value
    return "unknown" if isinstance(found, Unknown) else found


@pytest.mark.parametrize(
    "option",
    [
        "p.add_argument('net')",
        "p.add_argument('--net')",
        "p.add_argument('--net', type=int)",
        "p.add_argument('--net', required=True)",
        "p.add_argument('--net', default=load())",
        "p.add_argument('--net', default='a', type=parse)",
        "p.add_argument('--other', default='a')",
        "p.add_argument(name, default='a')",
        "p.set_defaults(other='a')",
        "p.add_subparsers(dest='net')",
    ],
)
def test_no_default_is_known(option: str) -> None:
    assert default_of(option) == "unknown"


@pytest.mark.parametrize(
    ("option", "default"),
    [
        ("p.add_argument('--net', default='a')", "a"),
        ("p.add_argument('-n', '--net', type=str, default='a')", "a"),
        ("p.add_argument('--the-name', dest='net', default=3)", 3),
        ("p.add_argument('--net', default='3', type=int)", 3),
        ("p.add_argument('--net', default=0.5, type=float)", 0.5),
        ("p.add_argument('--net', action='store_true')", False),
        ("p.add_argument('--net', action='store_false')", True),
        ("p.add_argument_group('g').add_argument('--net', default='a')", "a"),
        ("p.add_argument('--net', default='a')\np.set_defaults(net='b')", "b"),
        ("q = argparse.ArgumentParser()\nq.add_argument('--net', default='a')\np = argparse.ArgumentParser(parents=[q])", "a"),
    ],
)  # fmt: skip
def test_a_default_is_an_option_beside_anything(option: str, default: object) -> None:
    assert default_of(option) == default


@pytest.mark.parametrize(
    "read",
    [
        "p.parse_args([]).net",
        "p.parse_known_args()[0].net",
        "vars(p.parse_args())['net']",
        "p.parse_args().__dict__['net']",
        "getattr(p.parse_args(), 'net')",
    ],
)
def test_however_the_namespace_is_read(read: str) -> None:
    assert default_of("p.add_argument('--net', default='a')", read) == "a"


def test_what_the_program_sets_is_known() -> None:
    found = value(f"{PARSER}p.add_argument('--net', default='a')\nargs = p.parse_args()\nargs.net = 'b'\nx = args.net")
    assert found == Const("b")


@pytest.mark.parametrize("read", ["NETS[args.net](x)", "NETS.get(args.net)(x)", "NETS[vars(args)['net']](x)"])
def test_a_default_names_an_entry(read: str) -> None:
    options = f"{PARSER}p.add_argument('--net', choices=['noisy', 'plain'], default='noisy')\nargs = p.parse_args()"
    text = program(f"y = {read}", before=f"{options}\n{NETS}")
    assert lines(text, "TFL501") == ["return tf.nn.dropout(x, rate=0.5)"]
    assert lines(text.replace("default='noisy'", "default='plain'"), "TFL501") == []


def test_a_default_names_a_function_of_a_module() -> None:
    options = f"{PARSER}p.add_argument('--op', default='erf')\nargs = p.parse_args()"
    text = program("y = getattr(tf.math, args.op)(x)", before=options)
    assert lines(text, "TFL404") == ["y = getattr(tf.math, args.op)(x)"]
    assert lines(text.replace("'erf'", "'sigmoid'"), "TFL404") == []


def test_a_list_by_default_has_these_items() -> None:
    text = f"{PARSER}p.add_argument('--units', nargs='+', type=int, default=[8, 4])\nx = list(p.parse_args().units)"
    found = value(text)
    assert isinstance(found, Sequence)
    assert [constant(item) for item in found.items] == [8, 4]
