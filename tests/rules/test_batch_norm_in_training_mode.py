"""Batch normalization of tf.layers and of tf.contrib, with the defaults that arg_scope gives."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL502"
SLIM = "slim = tf.contrib.slim"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.batch_normalization(x)",
        "y = tf.layers.batch_normalization(x, training=mode == tf.estimator.ModeKeys.TRAIN)",
        "y = tf.contrib.layers.batch_norm(x, is_training=mode == tf.estimator.ModeKeys.TRAIN)",
        "y = tf.contrib.layers.batch_norm(x, is_training=False)",
        "with slim.arg_scope([slim.batch_norm], is_training=mode == 'train'):\n    y = slim.batch_norm(x)",
        "with slim.arg_scope([slim.conv2d, slim.batch_norm], is_training=False):\n    y = slim.batch_norm(x, decay=0.9)",
        (
            "with slim.arg_scope([slim.batch_norm], is_training=True):\n"
            "    with slim.arg_scope([slim.batch_norm], is_training=False):\n        y = slim.batch_norm(x)"
        ),
        "y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm, normalizer_params={'is_training': mode == 'train'})",
        "y = slim.fully_connected(x, 3, normalizer_fn=tf.contrib.layers.layer_norm)",
        (
            "with slim.arg_scope([slim.batch_norm], is_training=False) as scope:\n    pass\n"
            "with slim.arg_scope(scope):\n    y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm)"
        ),
        "unused = slim.batch_norm(x)\ny = tf.layers.dense(x, 1)",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body, before=SLIM), CODE) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("y = tf.layers.batch_normalization(x, training=True)", "W W W"),
        ("y = tf.contrib.layers.batch_norm(x)", "W n/a n/a"),
        ("y = slim.batch_norm(x, decay=0.9)", "W n/a n/a"),
        ("y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm)", "W n/a n/a"),
        (
            "y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm, normalizer_params={'decay': 0.9})",
            "W n/a n/a",
        ),
    ],
)
def test_found(body: str, expected: str) -> None:
    text = program(body, before=SLIM)
    assert lines(text, CODE) == [body]
    assert letters(suspicions(text, CODE)[0]) == expected


def test_scope_outside_the_call_does_not_reach_it() -> None:
    text = program(
        "with slim.arg_scope([slim.batch_norm], is_training=False):\n    y = slim.batch_norm(x)\ny = slim.batch_norm(y, scale=True)",
        before=SLIM,
    )
    assert lines(text, CODE) == ["y = slim.batch_norm(y, scale=True)"]


def test_normalizer_given_by_a_scope() -> None:
    text = program(
        "with slim.arg_scope([slim.fully_connected], normalizer_fn=slim.batch_norm):\n    y = slim.fully_connected(x, 3)",
        before=SLIM,
    )
    assert lines(text, CODE) == ["y = slim.fully_connected(x, 3)"]
