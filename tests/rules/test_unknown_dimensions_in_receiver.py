"""Dimensions that 1.15 must know."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import custom

CODE = "TFL214"
SPEC = "predictions={'y': y}"


def receiving(placeholder: str, then: str = "") -> str:
    returned = "return export.ServingInputReceiver({'x': x}, {'x': x})"
    return custom(SPEC, receiver=f"x = {placeholder}\n{then}\n{returned}")


@pytest.mark.parametrize(
    "text",
    [
        receiving("tf.placeholder(tf.float32, [None, 4])"),
        receiving("tf.placeholder(tf.float32, shape=(None,))"),
        receiving("tf.placeholder(tf.float32, [])"),
        receiving("tf.placeholder(tf.float32, [8, 4])"),
        receiving("tf.placeholder(tf.float32, [None, SIDE, SIDE, 3])"),
        receiving("tf.placeholder(tf.float32, shape_of_ours())"),
        receiving("tf.placeholder(tf.float32)", "x.set_shape([None, 4])"),
        receiving("tf.placeholder(tf.float32, [None, None])", "x.set_shape([None, 4])"),
        custom(SPEC, body="mask = tf.placeholder(tf.float32, [None, None])"),
        custom(SPEC, before="def unused():\n    return tf.placeholder(tf.float32)"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    "placeholder",
    [
        "tf.placeholder(tf.float32, [None, None, None, 3])",
        "tf.placeholder(tf.float32, shape=(None, None))",
        "tf.placeholder(tf.float32)",
        "tf.placeholder(tf.float32, None)",
        "tf.compat.v1.placeholder(dtype=tf.float32, name='x', shape=[1, None])",
    ],
)
def test_open_shape(placeholder: str) -> None:
    text = receiving(placeholder)
    (found,) = suspicions(text, CODE)
    assert letters(found) == "X B B"
    assert text.splitlines()[found.span.line - 1].strip() == f"x = {placeholder}"


def test_what_build_raw_is_given() -> None:
    made = "export.build_raw_serving_input_receiver_fn({'x': tf.placeholder(tf.float32)})"
    text = custom(SPEC, export=f"est.export_saved_model('out', {made})")
    assert lines(text, CODE) == [f"est.export_saved_model('out', {made})"]
