"""What layers are told to apply to their results is called like anything else."""

from __future__ import annotations

import pytest

from tests.reading.running import calls

X = "x = tf.placeholder(tf.float32, [None, 4])\n"


def last(text: str) -> str:
    return calls(X + text)[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y = tf.layers.dense(x, 3, activation=tf.nn.selu)", "tensorflow.nn.selu"),
        ("y = tf.layers.dense(x, 3, tf.nn.relu)", "tensorflow.nn.relu"),
        ("y = tf.layers.dense(x, 3, activation=lambda t: tf.erf(t))", "tensorflow.math.erf"),
        ("def own(t):\n    return tf.sin(t)\ny = tf.layers.dense(x, 3, activation=own)", "tensorflow.math.sin"),
        (
            "import functools\nact = functools.partial(tf.nn.leaky_relu, alpha=0.1)\ny = tf.layers.dense(x, 3, act)",
            "tensorflow.nn.leaky_relu",
        ),
        ("y = tf.keras.layers.Dense(3, activation='softplus')(x)", "tensorflow.math.softplus"),
        ("y = tf.keras.layers.Activation('relu')(x)", "tensorflow.nn.relu"),
        ("y = tf.contrib.layers.fully_connected(x, 3, activation_fn=tf.nn.elu)", "tensorflow.nn.elu"),
        (
            "from functools import reduce\ny = reduce(lambda h, n: tf.layers.dense(h, n, tf.nn.selu), [4, 2], x)",
            "tensorflow.nn.selu",
        ),
    ],
)
def test_an_activation_is_a_call(text: str, expected: str) -> None:
    assert last(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y = tf.layers.dense(x, 3)", "tensorflow.layers.dense"),
        ("y = tf.layers.dense(x, 3, activation=None)", "tensorflow.layers.dense"),
        ("y = tf.layers.dense(x, 3, activation=choose())", "tensorflow.layers.dense"),
        (
            "y = tf.contrib.layers.fully_connected(x, 3, activation_fn=None)",
            "tensorflow.contrib.layers.fully_connected",
        ),
        (
            "y = tf.keras.layers.LSTM(3, activation='relu')(tf.expand_dims(x, 1))",
            "tensorflow.keras.layers.LSTM.__call__",
        ),
        ("layer = tf.keras.layers.Dense(3, activation='relu')", "tensorflow.keras.layers.Dense"),
    ],
)
def test_no_activation_is_no_call(text: str, expected: str) -> None:
    assert last(text) == expected
