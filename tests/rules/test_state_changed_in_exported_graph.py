"""Assignments count where the exported graph runs them."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL504"
TOTAL = "total = tf.get_variable('total', [], initializer=tf.zeros_initializer(), trainable=False)"


@pytest.mark.parametrize(
    "body",
    [
        f"{TOTAL}\ny = tf.layers.dense(x, 1) + total",
        f"{TOTAL}\nif mode == 'train':\n    total = tf.assign_add(total, 1.0)\ny = x + total",
        f"{TOTAL}\nseen = tf.assign_add(total, 1.0)\ny = tf.layers.dense(x, 1)",
        f"{TOTAL}\ny = tf.layers.dense(x, 1)\ntf.add_to_collection('ups', total.assign_add(1.0))",
        f"{TOTAL}\ny = tf.layers.dense(x, 1)\nif mode != 'infer':\n    with tf.control_dependencies([total.assign(2.0)]):\n        y = y + 1",
        "total = 0\ntotal += 1\ny = tf.layers.dense(x, total)",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body), CODE) == []


@pytest.mark.parametrize(
    "body",
    [
        "seen = tf.assign_add(total, 1.0)\ny = x + seen",
        "seen = total.assign_add(1.0)\nwith tf.control_dependencies([seen]):\n    y = tf.layers.dense(x, 1)",
        "seen = tf.assign(total, total + 1.0)\ny = tf.group(x, seen)",
        "seen = tf.compat.v1.assign_sub(total, 1.0)\ny = tf.stack([tf.reduce_sum(x), seen])",
    ],
)
def test_found(body: str) -> None:
    text = program(f"{TOTAL}\n{body}")
    assert lines(text, CODE) == [body.splitlines()[0]]
    assert letters(suspicions(text, CODE)[0]) == "W X X"


def test_in_a_helper() -> None:
    text = program(
        f"{TOTAL}\ny = count(total, x)",
        before="""
        def count(total, x):
            with tf.control_dependencies([tf.assign_add(total, tf.reduce_sum(x))]):
                return tf.identity(x)
        """,
    )
    assert lines(text, CODE) == ["with tf.control_dependencies([tf.assign_add(total, tf.reduce_sum(x))]):"]
