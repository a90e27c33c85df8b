"""A print counts where the exported graph runs it."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL412"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.dense(x, 1)\nprint(y)",
        "y = tf.layers.dense(x, 1)\ntf.print('y', y)",
        "y = tf.layers.dense(x, 1)\nif mode != 'infer':\n    y = tf.Print(y, [y])",
        "y = tf.layers.dense(x, 1)\nloss = tf.Print(tf.reduce_sum(y), [y])",
        "with tf.control_dependencies([tf.debugging.assert_positive(x)]):\n    y = tf.layers.dense(x, 1)",
        "y = tf.debugging.check_numerics(tf.layers.dense(x, 1), 'y')",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body), CODE) == []


def test_print_for_its_value() -> None:
    text = program("y = tf.Print(tf.layers.dense(x, 1), [x])")
    assert lines(text, CODE) == ["y = tf.Print(tf.layers.dense(x, 1), [x])"]
    assert letters(suspicions(text, CODE)[0]) == "F F F"


def test_print_that_the_output_waits_for() -> None:
    text = program(
        "y = tf.layers.dense(x, 1)\nwith tf.control_dependencies([tf.print('y', y)]):\n    y = tf.identity(y)"
    )
    assert lines(text, CODE) == ["with tf.control_dependencies([tf.print('y', y)]):"]
    assert letters(suspicions(text, CODE)[0]) == "B F F"
