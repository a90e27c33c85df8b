"""A variable that a placeholder of the receiver has taken the name of."""

from __future__ import annotations

import pytest

from analyzer.expectations import VariablesDiffer
from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL104"
NAMED = 'tf.placeholder(tf.float32, [None, 4], name="words")'
USE = "\ny = tf.matmul(x, w)"


@pytest.mark.parametrize(
    "made",
    [
        "w = tf.get_variable('table', [4, 1])",
        "w = tf.layers.dense(x, 1, name='words')",
        "with tf.variable_scope('model'):\n    w = tf.get_variable('words', [4, 1])",
        "w = tf.get_variable(params['name'], [4, 1])",
        "w = tf.constant([[1.0]] * 4, name='words')",
    ],
)
def test_silent(made: str) -> None:
    assert lines(program(made + USE, placeholder=NAMED), CODE) == []


@pytest.mark.parametrize(
    "made",
    [
        "w = tf.get_variable('words', [4, 1])",
        "w = tf.Variable(tf.zeros([4, 1]), name='words')",
        "name = 'words'\nw = tf.get_variable(name, shape=[4, 1])",
    ],
)
def test_found(made: str) -> None:
    text = program(made + USE, placeholder=NAMED)
    assert lines(text, CODE) == [made.splitlines()[-1]]
    (found,) = suspicions(text, CODE)
    assert letters(found) == "E E n/a"
    assert found.expectation == VariablesDiffer(frozenset({"name"}))
    assert "'words_1'" in found.message
    assert NAMED in text.splitlines()[found.related[0].span.line - 1]


def test_without_a_name_nothing_is_taken() -> None:
    text = program("w = tf.get_variable('words', [4, 1])" + USE, placeholder="tf.placeholder(tf.float32, [None, 4])")
    assert lines(text, CODE) == []
