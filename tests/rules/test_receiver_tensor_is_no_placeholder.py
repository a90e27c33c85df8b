"""Receiver tensors that are op outputs: what lies before them is cut off."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import PARSING, RAW, custom

CODE = "TFL210"
SPEC = "predictions={'y': y}"


def receiving(given: str) -> str:
    return custom(SPEC, receiver=f"raw = tf.placeholder(tf.float32, [None, 4])\n{given}")


@pytest.mark.parametrize(
    "text",
    [
        custom(SPEC),
        custom(SPEC, receiver=PARSING),
        receiving("x = raw / 10.0\nreturn export.ServingInputReceiver({'x': x}, {'x': raw})"),
        receiving("x = tf.identity(raw)\nreturn export.ServingInputReceiver({'x': x}, {'x': x})"),
        receiving("x = raw / 10.0\nreturn export.ServingInputReceiver({'x': x}, {'x': raw}, {'scaled': {'x': x}})"),
        receiving("x = raw if LARGE else raw * 2.0\nreturn export.ServingInputReceiver({'x': x}, {'x': x})"),
        receiving("x = library.scaled(raw)\nreturn export.ServingInputReceiver({'x': x}, {'x': x})"),
        custom(SPEC, receiver=RAW.replace("tf.placeholder(tf.float32", "tf.placeholder_with_default(tf.zeros([1, 4])")),
        custom(SPEC, receiver="return export.build_raw_serving_input_receiver_fn({'x': tf.zeros([1, 4]) / 2.0})()"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    "op", ["raw / 10.0", "tf.cast(raw, tf.float32)", "tf.reshape(tf.identity(raw), [-1, 4])", "raw[:, :2]"]
)
def test_op_output(op: str) -> None:
    text = receiving(f"x = {op}\nreturn export.ServingInputReceiver({{'x': x}}, {{'x': x}})")
    (found,) = suspicions(text, CODE)
    assert letters(found) == "W W W"
    assert "ServingInputReceiver" in text.splitlines()[found.span.line - 1]


def test_tensor_receiver() -> None:
    assert len(lines(receiving("x = raw * 2.0\nreturn export.TensorServingInputReceiver(x, x)"), CODE)) == 1
