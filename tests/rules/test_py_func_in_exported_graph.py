"""Python inside the graph."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL401"


@pytest.mark.parametrize(
    ("body", "train"),
    [
        ("y = tf.layers.dense(x, 1)", "loss = tf.py_func(abs, [loss], tf.float32)\nop = None"),
        ("y = tf.layers.dense(x, 1)\nshown = tf.py_func(print, [y], tf.float32)", "op = None"),
        (
            "if mode == tf.estimator.ModeKeys.TRAIN:\n    x = tf.py_func(abs, [x], tf.float32)\ny = tf.layers.dense(x, 1)",
            "op = None",
        ),
        ("y = params_py_func = tf.layers.dense(x, 1, name='py_func')", "op = None"),
    ],
)
def test_silent_off_the_exported_path(body: str, train: str) -> None:
    assert lines(program(body, train=train), CODE) == []


def test_silent_in_the_input_pipeline() -> None:
    text = program("y = tf.layers.dense(x, 1)").replace(
        "from_tensor_slices(data)", "from_tensor_slices(data).map(lambda f, l: (tf.py_func(abs, [f], tf.float32), l))"
    )
    assert lines(text, CODE) == []


@pytest.mark.parametrize("call", ["tf.py_func", "tf.numpy_function", "tf.py_function", "tf.compat.v1.py_func"])
def test_found_on_the_exported_path(call: str) -> None:
    text = program(f"h = {call}(abs, [x], tf.float32)\ny = tf.layers.dense(h, 1)")
    assert lines(text, CODE) == [f"h = {call}(abs, [x], tf.float32)"]
    assert letters(suspicions(text, CODE)[0]) == "X X X"


def test_found_in_the_receiver_through_a_partial() -> None:
    receiver = """
    y = tf.numpy_function(functools.partial(max, 1), [x], tf.float32)
    return tf.estimator.export.ServingInputReceiver({'x': y}, {'x': x})
    """
    text = program("y = tf.layers.dense(x, 1)", before="import functools", receiver=receiver)
    assert lines(text, CODE) == ["y = tf.numpy_function(functools.partial(max, 1), [x], tf.float32)"]
