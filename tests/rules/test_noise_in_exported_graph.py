"""Dropout and noise, gated and not."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL501"
DENSE = "\ny = tf.layers.dense(h, 1)"


@pytest.mark.parametrize(
    "body",
    [
        "h = tf.layers.dropout(x, 0.5, training=mode == tf.estimator.ModeKeys.TRAIN)",
        "h = tf.layers.dropout(x, 0.5)",
        "h = tf.layers.dropout(x, 0.5, training=tf.equal(mode, 'train'))",
        "h = tf.keras.layers.Dropout(0.5)(x, training=(mode != tf.estimator.ModeKeys.PREDICT))",
        "h = tf.keras.layers.Dropout(0.5)(x)",
        "h = tf.nn.dropout(x, keep_prob=1.0 if mode != 'train' else 0.5)",
        "h = tf.nn.dropout(x, rate=0.0)",
        "h = x\nif mode in (tf.estimator.ModeKeys.TRAIN, tf.estimator.ModeKeys.EVAL):\n    h = x + tf.random_normal(tf.shape(x))",
        "h = x\nnoise = tf.random.uniform([4])",
        "h = tf.contrib.layers.dropout(x, 0.5, is_training=False)",
        "def drop(v, training=False):\n    return tf.layers.dropout(v, training=training)\nh = drop(x)",
        "with tf.variable_scope('s', initializer=tf.random_normal_initializer()):\n    h = tf.layers.dense(x, 3)",
    ],
)
def test_silent_where_nothing_random_is_exported(body: str) -> None:
    assert lines(program(body + DENSE), CODE) == []


@pytest.mark.parametrize(
    "body",
    [
        "h = tf.layers.dropout(x, 0.5, training=True)",
        "h = tf.nn.dropout(x, 0.5)",
        "h = tf.nn.dropout(x, keep_prob=0.5)",
        "h = tf.compat.v1.layers.dropout(x, training=1)",
        "h = tf.keras.layers.Dropout(0.5)(x, training=True)",
        "h = x + tf.random_normal([4])",
        "h = tf.contrib.layers.dropout(x, 0.5)",
        "h = x + tf.random.truncated_normal([4], seed=3)",
    ],
)
def test_found_where_it_is(body: str) -> None:
    text = program(body + DENSE)
    assert lines(text, CODE) == [body]
    assert letters(suspicions(text, CODE)[0]) == "X W W"


def test_unknown_switch_is_a_maybe() -> None:
    text = program("h = tf.layers.dropout(x, training=params['train'])" + DENSE).replace("params={}", "params=load()")
    assert [one.certainty for one in suspicions(text, CODE)] == [Certainty.MAYBE]
