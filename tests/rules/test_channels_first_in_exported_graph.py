"""Channels-first layers matter to TensorFlow 1.15 alone, and only on the exported path."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL413"
IMAGES = "tf.placeholder(tf.float32, [None, 3, 8, 8], name='x')"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.conv2d(x, 4, 3)",
        "y = tf.layers.conv2d(x, 4, 3, data_format='channels_last')",
        "y = tf.nn.max_pool2d(x, 2, 2, 'VALID', data_format='NHWC')",
        "y = tf.layers.flatten(x, data_format='channels_first')",
        "y = tf.layers.conv2d(x, 4, 3, data_format='channels_first' if mode == 'train' else 'channels_last')",
        "data_format = 'channels_first'\nif mode != 'train':\n    data_format = 'channels_last'\ny = tf.layers.conv2d(x, 4, 3, data_format=data_format)",
        "unused = tf.layers.conv2d(x, 4, 3, data_format='channels_first')\ny = tf.layers.dense(x, 1)",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body, placeholder=IMAGES), CODE) == []


@pytest.mark.parametrize(
    "made",
    [
        "tf.layers.conv2d(x, 4, 3, data_format='channels_first')",
        "tf.nn.max_pool2d(x, 2, 2, 'VALID', data_format='NCHW')",
        "tf.nn.conv2d(x, tf.get_variable('k', [3, 3, 3, 4]), 1, 'SAME', data_format='NCHW')",
        "tf.keras.layers.Conv2D(4, 3, data_format='channels_first')(x)",
        "tf.contrib.layers.conv2d(x, 4, 3, data_format='NCHW')",
    ],
)
def test_found(made: str) -> None:
    text = program(f"y = {made}", placeholder=IMAGES)
    assert lines(text, CODE) == [f"y = {made}"]
    assert letters(suspicions(text, CODE)[0]) == "X B B"


def test_scoped_default() -> None:
    text = program(
        """
        with tf.contrib.slim.arg_scope([tf.contrib.slim.conv2d], data_format='NCHW'):
            with tf.contrib.slim.arg_scope([tf.contrib.slim.conv2d], padding='SAME'):
                y = tf.contrib.slim.conv2d(x, 4, 3)
        with tf.contrib.slim.arg_scope([tf.contrib.slim.conv2d], data_format='NCHW'):
            with tf.contrib.slim.arg_scope([tf.contrib.slim.conv2d], data_format='NHWC'):
                y = tf.contrib.slim.conv2d(y, 5, 3)
        """,
        placeholder=IMAGES,
    )
    assert lines(text, CODE) == ["y = tf.contrib.slim.conv2d(x, 4, 3)"]
