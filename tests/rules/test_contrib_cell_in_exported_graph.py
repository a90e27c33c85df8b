"""Fused cells of tf.contrib: fatal for 1.15, impossible on 2.x."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL414"
SEQUENCE = "tf.placeholder(tf.float32, [1, 5, 4], name='x')"


@pytest.mark.parametrize(
    "body",
    [
        "cell = tf.nn.rnn_cell.LSTMCell(3)\ny, _ = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)",
        "cell = tf.contrib.rnn.BasicLSTMCell(3)\ny, _ = cell(x, cell.zero_state(1, tf.float32))",
        "cell = tf.contrib.rnn.LSTMBlockFusedCell(3)\ny = tf.layers.dense(x, 1)",
        "if mode == 'train':\n    x, _ = tf.contrib.rnn.LSTMBlockFusedCell(3)(x, dtype=tf.float32)\ny = tf.layers.dense(x, 1)",
        "y = tf.layers.dense(x, 1)\nother, _ = tf.contrib.cudnn_rnn.CudnnLSTM(1, 3)(x)",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body, placeholder=SEQUENCE), CODE) == []


@pytest.mark.parametrize("cell", ["tf.contrib.rnn.LSTMBlockFusedCell(3)", "tf.contrib.cudnn_rnn.CudnnLSTM(1, 3)"])
def test_found(cell: str) -> None:
    text = program(f"cell = {cell}\ny, _ = cell(x, dtype=tf.float32)", placeholder=SEQUENCE)
    assert lines(text, CODE) == [f"cell = {cell}"]
    assert letters(suspicions(text, CODE)[0]) == "X n/a n/a"
