"""Loops over time."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL304"
V2 = "import tensorflow.compat.v1 as tf"
CELL = "cell = tf.nn.rnn_cell.LSTMCell(3)\n"
DYNAMIC = CELL + "out, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)\ny = tf.layers.dense(state.h, 1)"


@pytest.mark.parametrize(
    "body",
    [
        CELL + "out, state = tf.nn.static_rnn(cell, tf.unstack(x, 5, 1), dtype=tf.float32)\ny = out[-1]",
        CELL + "out, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)\ny = tf.layers.dense(x, 1)",
        CELL + "y = tf.layers.dense(x, 1)",
    ],
)
def test_silent_without_a_loop_in_the_export(body: str) -> None:
    assert lines(program(body, placeholder="tf.placeholder(tf.float32, [None, 5, 2])"), CODE) == []


@pytest.mark.parametrize(
    ("placeholder", "first", "expected"),
    [
        ("tf.placeholder(tf.float32, [None, 5, 2])", V2, "X F F"),
        ("tf.placeholder(tf.float32, [1, 5, 2])", V2, "X B B"),
        ("tf.placeholder(tf.float32, [1, 5, 2])", "import tensorflow as tf", "X F F"),
        ("tf.placeholder(tf.float32, [1, 5, 2])", V2 + "\ntf.disable_v2_behavior()", "X F F"),
    ],
)
def test_by_batch_and_control_flow(placeholder: str, first: str, expected: str) -> None:
    found = suspicions(program(DYNAMIC, placeholder=placeholder, first=first), CODE)
    assert [letters(one) for one in found] == [expected]


def test_keras_layers_are_loops_too() -> None:
    body = "h = tf.keras.layers.LSTM(4)(x)\ny = tf.layers.dense(h, 1)"
    found = suspicions(program(body, placeholder="tf.placeholder(tf.float32, [1, 5, 2])", first=V2), CODE)
    assert [letters(one) for one in found] == ["X F F"]
