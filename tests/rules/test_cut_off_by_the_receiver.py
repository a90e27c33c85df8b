"""An op whose output is itself a receiver tensor is not exported: its tensor is what the caller sends."""

from __future__ import annotations

import pytest

from tests.rules.asking import lines, program

DENSE = "y = tf.layers.dense(x, 1)"
NEXT = (
    "tf.data.make_one_shot_iterator(tf.data.Dataset.from_tensors(({'x': np.ones([2, 4], np.float32)}, 1.0))).get_next()"
)
TEXT = "text = tf.placeholder(tf.string, [None])"


@pytest.mark.parametrize(
    ("code", "receiver"),
    [
        ("TFL403", f"f, _ = {NEXT}\nreturn tf.estimator.export.ServingInputReceiver(f, f)"),
        ("TFL403", f"f = {NEXT}[0]\nreturn tf.estimator.export.ServingInputReceiver({{'x': f['x']}}, {{'x': f['x']}})"),
        (
            "TFL402",
            f"{TEXT}\nx = tf.decode_raw(text, tf.float32)\nreturn tf.estimator.export.ServingInputReceiver({{'x': x}}, {{'x': x}})",
        ),
    ],
)
def test_silent_where_it_is_the_receiver_tensor(code: str, receiver: str) -> None:
    assert lines(program(DENSE, receiver=receiver), code) == []


@pytest.mark.parametrize(
    ("code", "receiver"),
    [
        ("TFL403", f"f, _ = {NEXT}\nreturn tf.estimator.export.ServingInputReceiver({{'x': x + f['x']}}, {{'x': x}})"),
        ("TFL403", f"f, w = {NEXT}\nreturn tf.estimator.export.ServingInputReceiver({{'x': f['x'], 'w': w}}, {{'x': f['x']}})"),
        (
            "TFL402",
            f"{TEXT}\nx = tf.decode_raw(text, tf.float32)\nreturn tf.estimator.export.ServingInputReceiver({{'x': x}}, {{'t': text}})",
        ),
    ],
)  # fmt: skip
def test_told_where_it_is_exported(code: str, receiver: str) -> None:
    body = "w = features.get('w', 1.0)\ny = tf.layers.dense(x * w, 1)"
    assert len(lines(program(body, receiver=receiver), code)) == 1
