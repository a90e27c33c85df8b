"""Assignments count where the exported graph runs them."""

from __future__ import annotations

import pytest

from analyzer.findings import Severity
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


V2 = "import tensorflow.compat.v1 as tf"
COUNTED = "with tf.control_dependencies([tf.assign_add(total, 1.0)]):\n    "


def _on_2(body: str) -> tuple[str, Severity]:
    (found,) = suspicions(program(f"{TOTAL}\n{body}", first=V2), CODE)
    return letters(found), found.ceiling


@pytest.mark.parametrize(
    "body",
    [
        f"{COUNTED}y = tf.layers.dense(x, 1)",
        f"z = x * total\n{COUNTED}y = tf.layers.dense(x, 1)",
    ],
)
def test_state_that_no_output_depends_on_is_kept_and_harmless_on_2(body: str) -> None:
    assert _on_2(body) == ("B B B", Severity.INFO)


@pytest.mark.parametrize(
    "body",
    [
        "y = x * tf.assign_add(total, 1.0)",
        f"{COUNTED}y = tf.layers.dense(x, 1) * total",
        "seen = total.assign_add(tf.reduce_sum(x))\ny = x / seen",
        "update = total.assign(0.9 * total + 0.1 * tf.reduce_mean(x))\nwith tf.control_dependencies([update]):\n    y = x - total",
    ],
)
def test_outputs_that_depend_on_changed_state_drift(body: str) -> None:
    assert _on_2(body) == ("W W W", Severity.ERROR)


EMA = "v = tf.get_variable('v', [4])\nema = tf.train.ExponentialMovingAverage(0.9)\n"


def test_moving_averages_moved_in_predict() -> None:
    body = EMA + "with tf.control_dependencies([ema.apply([v])]):\n    y = x * ema.average(v)"
    assert _on_2(body) == ("W W W", Severity.ERROR)


@pytest.mark.parametrize("y", ["y = x * ema.average(v)", "y = x * v\nif mode == 'train':\n    ema.apply([v])"])
def test_silent_about_moving_averages_that_are_only_read(y: str) -> None:
    assert lines(program(EMA + y, first=V2), CODE) == []


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
