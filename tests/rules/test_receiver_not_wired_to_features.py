"""Receivers whose two halves do not belong together."""

from __future__ import annotations

import pytest

from analyzer.findings import Severity
from tests.rules.asking import letters, lines, program, suspicions
from tests.rules.exporting import PARSING, custom

CODE = "TFL216"
SPEC = "predictions={'y': y}"
PAIR = "x, z = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.float32, [None, 4])\n"


def receiving(features: str, tensors: str, then: str = "") -> str:
    return custom(SPEC, receiver=f"{PAIR}{then}\nreturn export.ServingInputReceiver({features}, {tensors})")


@pytest.mark.parametrize(
    "text",
    [
        custom(SPEC),
        custom(SPEC, receiver=PARSING),
        receiving("{'x': x}", "{'input': x}"),
        receiving("{'x': x * 2.0}", "{'x': x}"),
        receiving("{'x': x + z}", "{'x': x, 'z': z}"),
        receiving("{'x': x, 'weight': tf.ones([1, 1])}", "{'x': x}"),
        receiving("{'x': s}", "{'x': s}", "s = x / 10.0"),
        receiving("{'x': tf.where(tf.is_nan(x), tf.zeros_like(x), x)}", "{'x': x}"),
        receiving("made(x)", "{'x': x}"),
        receiving("{'x': library(x)}", "{'x': x}"),
        receiving("{'x': x}", "given(x)"),
        receiving("{'x': x, 'k': tf.placeholder_with_default(1.0, [])}", "{'x': x}"),
        custom(SPEC, body="if mode == 'train':\n    y = y * tf.placeholder(tf.float32, [])"),
        custom(SPEC, body="unused = tf.placeholder(tf.float32, [])"),
        custom(SPEC, body="y = y * tf.placeholder_with_default(1.0, [])"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize("constant", ["tf.constant([[1.0, 2.0]])", "tf.zeros([1, 4])", "tf.ones([1, 4]) * 2.0"])
def test_constant_instead_of_the_placeholder(constant: str) -> None:
    text = receiving(f"{{'x': {constant}}}", "{'x': x}")
    (found,) = suspicions(text, CODE)
    assert letters(found) == "W W W"
    assert "ServingInputReceiver" in text.splitlines()[found.span.line - 1]


@pytest.mark.parametrize("features", ["{'x': z}", "{'x': x + z}"])
def test_placeholder_that_nobody_feeds(features: str) -> None:
    (found,) = suspicions(receiving(features, "{'x': x}"), CODE)
    assert letters(found) == "X X X"


def test_same_op_twice_is_not_the_same_tensor() -> None:
    (found,) = suspicions(receiving("{'x': tf.identity(x)}", "{'x': tf.identity(x)}"), CODE)
    assert letters(found) == "X X X"


def test_placeholder_inside_model_fn() -> None:
    text = custom(SPEC, body="keep = tf.placeholder(tf.float32, [])\ny = y * keep")
    assert lines(text, CODE) == ["keep = tf.placeholder(tf.float32, [])"]


def test_useless_receiver_tensor_is_harmless() -> None:
    (found,) = suspicions(receiving("{'x': x}", "{'x': x, 'z': z}"), CODE)
    assert letters(found) == "B B B"
    assert found.ceiling is Severity.INFO


def test_a_tensor_of_which_only_the_shape_is_used() -> None:
    receiver = "z = tf.zeros_like(x)\nreturn tf.estimator.export.ServingInputReceiver({'x': z}, {'x': x})"
    text = program("y = tf.layers.dense(x, 1)", receiver=receiver)
    assert lines(text, "TFL216") == ["z = tf.zeros_like(x)"]


def test_a_feature_of_the_shape_of_another_tensor_is_told_at_the_receiver() -> None:
    receiver = """
        load = tf.placeholder(tf.float32, [None, 1], name='load')
        nominal = tf.ones_like(x[:, :1])
        return tf.estimator.export.ServingInputReceiver({'x': x, 'load': nominal}, {'x': x, 'load': load})
    """
    text = program("y = tf.layers.dense(x * features['load'], 1)", receiver=receiver)
    assert [line.split("(")[0] for line in lines(text, "TFL216")] == ["return tf.estimator.export.ServingInputReceiver"]
