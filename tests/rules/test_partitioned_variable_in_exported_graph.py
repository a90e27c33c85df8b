"""Lookups in sharded tables."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL411"
IDS = "tf.placeholder(tf.int32, [None], name='x')"
SHARDED = "tf.get_variable('t', [10, 3], partitioner=tf.fixed_size_partitioner(2))"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.nn.embedding_lookup(tf.get_variable('t', [10, 3]), x)",
        "y = tf.nn.embedding_lookup([tf.get_variable('t', [10, 3])], x)",
        "y = tf.nn.embedding_lookup(tf.get_variable('t', [10, 3], partitioner=None), x)",
        f"t = {SHARDED}\ny = tf.matmul(tf.one_hot(x, 10), t)",
        f"t = {SHARDED}\nunused = tf.nn.embedding_lookup(t, x)\ny = tf.one_hot(x, 10)",
        (
            "p = tf.fixed_size_partitioner(2) if mode == 'train' else None\n"
            "y = tf.nn.embedding_lookup(tf.get_variable('t', [10, 3], partitioner=p), x)"
        ),
        (
            "with tf.variable_scope('a', partitioner=tf.fixed_size_partitioner(2)):\n    w = tf.get_variable('w', [3, 1])\n"
            "y = tf.matmul(tf.nn.embedding_lookup(tf.get_variable('t', [10, 3]), x), w)"
        ),
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body, placeholder=IDS), CODE) == []


@pytest.mark.parametrize(
    ("makes", "expected"),
    [
        (f"t = {SHARDED}", "X F F"),
        (
            "with tf.variable_scope('a', partitioner=tf.fixed_size_partitioner(2)):\n    t = tf.get_variable('t', [10, 3])",
            "X F F",
        ),
        ("t = [tf.get_variable('a', [5, 3]), tf.get_variable('b', [5, 3])]", "B F F"),
    ],
)
def test_found(makes: str, expected: str) -> None:
    text = program(f"{makes}\ny = tf.nn.embedding_lookup(t, x)", placeholder=IDS)
    assert lines(text, CODE) == ["y = tf.nn.embedding_lookup(t, x)"]
    assert letters(suspicions(text, CODE)[0]) == expected


def test_strategy_of_a_list_of_tables() -> None:
    body = "y = tf.nn.embedding_lookup([tf.get_variable('a', [5, 3]), tf.get_variable('b', [5, 3])], x, partition_strategy='div')"
    (found,) = suspicions(program(body, placeholder=IDS), CODE)
    assert letters(found) == "X F F"
