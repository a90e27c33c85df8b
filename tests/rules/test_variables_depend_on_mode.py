"""Layers whose variables are not the same in TRAIN and in PREDICT."""

from __future__ import annotations

import pytest

from analyzer.expectations import VariablesDiffer
from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL103"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.dense(tf.layers.dense(x, 4), 1)",
        "if mode == 'train':\n    x = tf.layers.dropout(x, 0.5, training=True)\ny = tf.layers.dense(x, 1)",
        "y = tf.layers.dense(x, 1)\nif mode == 'train':\n    side = tf.layers.dense(x, 3)",
        "if mode == 'train':\n    side = tf.layers.dense(x, 3, name='side')\ny = tf.layers.dense(x, 1)",
        "if mode == 'train':\n    with tf.variable_scope('side'):\n        side = tf.layers.dense(x, 3)\ny = tf.layers.dense(x, 1)",
        "if mode == 'train':\n    side = tf.layers.conv1d(tf.expand_dims(x, 2), 3, 3)\ny = tf.layers.dense(x, 1)",
        "for units in [4, 3]:\n    x = tf.layers.dense(x, units)\ny = x",
        "layer = tf.layers.Dense(1)\ny = layer(x)\nif mode == 'train':\n    again = layer(x)",
        "if params.get('deep'):\n    x = tf.layers.dense(x, 4)\ny = tf.layers.dense(x, 1)",
        (
            "if mode != 'infer':\n    side = tf.layers.dense(x, 3, name='a')\nelse:\n    side = tf.layers.dense(x, 3, name='a')\n"
            "y = tf.layers.dense(x, 1, name='b')"
        ),
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body), CODE) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("if mode == 'train':\n    x = tf.layers.dense(x, 4)\ny = tf.layers.dense(x, 1)", "x = tf.layers.dense(x, 4)"),
        ("if mode == 'infer':\n    x = tf.layers.dense(x, 4)\ny = tf.layers.dense(x, 1)", "x = tf.layers.dense(x, 4)"),
        ("y = tf.layers.dense(x, 1)\nif mode == 'infer':\n    y = tf.layers.dense(y, 1)", "y = tf.layers.dense(y, 1)"),
        (
            "y = tf.layers.dense(x, 1)\nif mode == 'infer':\n    y = tf.layers.dense(y, 1, name='last')",
            "y = tf.layers.dense(y, 1, name='last')",
        ),
        (
            "h = tf.layers.dense(x, 8 if mode == 'train' else 4)\ny = tf.layers.dense(h, 1)",
            "h = tf.layers.dense(x, 8 if mode == 'train' else 4)",
        ),
    ],
)
def test_found(body: str, line: str) -> None:
    text = program(body)
    (found,) = suspicions(text, CODE)
    assert text.splitlines()[found.span.line - 1].strip() == line
    assert letters(found) == "E E W"
    assert found.certainty is Certainty.CERTAIN
    assert isinstance(found.expectation, VariablesDiffer)


def test_maybe_where_the_mode_is_not_all_that_decides() -> None:
    body = "if mode == 'train' and params.get('deep', FLAG):\n    x = tf.layers.dense(x, 4)\ny = tf.layers.dense(x, 1)"
    (found,) = suspicions(program(body), CODE)
    assert found.certainty is Certainty.MAYBE
