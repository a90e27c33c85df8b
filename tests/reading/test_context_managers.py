"""Context managers that contextlib.contextmanager makes: the body of `with` runs where the generator yields."""

from __future__ import annotations

import pytest

from analyzer.reading.values import Const, Sequence
from tests.reading.running import value
from tests.rules.asking import lines, program

SHARDED = """
import contextlib
PARTITIONER
@contextlib.contextmanager
def sharded(name):
    with tf.variable_scope(name, partitioner=split) as scope:
        yield scope
class Shards:
    @contextlib.contextmanager
    def opened(self):
        with sharded("inner"):
            yield
"""
TABLE = "t = tf.get_variable('t', [10, 3])"
LOOKUP = "y = tf.nn.embedding_lookup(t, x)"
IDS = "tf.placeholder(tf.int32, [None], name='x')"


def sharded_lookups(body: str, partitioner: str = "fixed_size_partitioner(2)") -> list[str]:
    before = SHARDED.replace("PARTITIONER", f"split = tf.{partitioner}")
    return lines(program(f"{body}\n{LOOKUP}", before=before, placeholder=IDS), "TFL411")


@pytest.mark.parametrize(
    "body",
    [
        f"with sharded('a'):\n    {TABLE}",
        f"with tf.device('/cpu:0'), sharded('a'):\n    {TABLE}",
        f"scope = sharded('a')\nwith scope:\n    {TABLE}",
        f"with Shards().opened():\n    {TABLE}",
        f"with sharded('a') as s, tf.name_scope('b'):\n    {TABLE}",
    ],
)
def test_scopes_that_a_generator_opens_hold_for_the_body(body: str) -> None:
    assert sharded_lookups(body) == [LOOKUP]


@pytest.mark.parametrize(
    "partitioner",
    [
        "fixed_size_partitioner(2)",
        "variable_axis_size_partitioner(1 << 20)",
        "min_max_variable_partitioner(max_partitions=3)",
        "compat.v1.fixed_size_partitioner(num_shards=2)",
    ],
)
def test_every_partitioner(partitioner: str) -> None:
    assert sharded_lookups(f"with sharded('a'):\n    {TABLE}", partitioner) == [LOOKUP]


def test_scopes_are_closed_after_the_body() -> None:
    assert sharded_lookups(f"with sharded('a'):\n    pass\n{TABLE}") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@contextmanager\ndef f():\n    yield 3\nwith f() as x:\n    pass", 3),
        ("@contextmanager\ndef f():\n    yield 1\n    yield 2\nwith f() as x:\n    x += 1", 2),
        ("f = contextmanager(g)\nwith f() as x:\n    pass", 7),
        ("@contextmanager\ndef f():\n    global x\n    yield\n    x = 9\nx = 1\nwith f():\n    x = 5", 9),
        (
            "@contextmanager\ndef f():\n    try:\n        yield 4\n    finally:\n        pass\nwith f() as x:\n    pass",
            4,
        ),
        ("@contextmanager\ndef f():\n    return\nx = 1\nwith f():\n    x = 6", 6),
    ],
)
def test_what_the_body_sees_and_leaves(text: str, expected: int) -> None:
    found = value(f"from contextlib import contextmanager\ndef g():\n    yield 7\n{text}")
    assert isinstance(found, Const)
    assert found.value == expected


def test_a_return_in_the_body_leaves_the_function() -> None:
    text = """
    from contextlib import contextmanager
    @contextmanager
    def f():
        yield 1
    def run():
        with f() as one:
            return one
        return 2
    x = run()
    """
    found = value(text)
    assert isinstance(found, Const)
    assert found.value == 1


def test_a_generator_in_the_body_yields_for_itself() -> None:
    text = """
    from contextlib import contextmanager
    @contextmanager
    def f():
        yield 1
    def items():
        with f() as one:
            yield one
        yield 2
    x = list(items())
    """
    found = value(text)
    assert isinstance(found, Sequence)
    assert found.items == [Const(1), Const(2)]
