"""Conds and loops made while Keras calls a layer put out their intermediates, which 2.x has no builtins for."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from analyzer.findings import Certainty, Suspicion
from tests.rules.asking import letters, program, suspicions

WHILE, COND, ELEMENTS, RNN = "TFL301", "TFL302", "TFL303", "TFL304"
V2 = "import tensorflow.compat.v1 as tf"
SWITCHED = "f = lambda x: tf.cond(tf.reduce_sum(x) < 2.0, lambda: x * 2.0, lambda: x)\n"
DOUBLED = "return tf.cond(tf.reduce_sum(x) < 2.0, lambda: x * 2.0, lambda: x)"
FIXED = 'tf.placeholder(tf.float32, [1, 4], name="x")'


def found(
    call: str,
    code: str,
    *,
    use: str = "Layer()(x)",
    base: str = "tf.keras.layers.Layer",
    first: str = V2,
    above: str = "",
    placeholder: str = "tf.placeholder(tf.float32, [None, 4], name='x')",
) -> list[Suspicion]:
    """What the rule says of a model that uses a layer with this `call`."""
    method = indent(f"def call(self, x):\n{indent(dedent(call), '    ')}", "    ")
    before = f"{above}\nclass Layer({base}):\n{method}\n"
    text = program(f"y = tf.layers.dense({use}, 1)", before=before, first=first, placeholder=placeholder)
    return suspicions(text, code)


@pytest.mark.parametrize("base", ["tf.keras.layers.Layer", "tf.keras.Model", "tf.layers.Layer"])
def test_cond_in_the_call_of_a_layer_needs_select_ops(base: str) -> None:
    (one,) = found(DOUBLED, COND, base=base)
    assert (letters(one), one.certainty) == ("X F F", Certainty.CERTAIN)
    assert "a cond in a Keras layer puts out its intermediates" in one.message
    assert "output_all_intermediates(False)" in one.fix


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.keras.layers.Lambda(f)(x)",
        "y = tf.layers.dense(x, 1, activation=f)",
        "y = tf.keras.Sequential([tf.keras.layers.Dense(1), tf.keras.layers.Lambda(f)])(x)",
        "i = tf.keras.Input([4])\ny = tf.keras.Model(i, tf.keras.layers.Lambda(f)(i))(x)",
    ],
)
def test_functions_that_layers_run(body: str) -> None:
    assert [letters(one) for one in suspicions(program(SWITCHED + body, first=V2), COND)] == ["X F F"]


@pytest.mark.parametrize(
    "call",
    [
        "a, b = x * 2.0, x + 1.0\nreturn tf.cond(tf.reduce_sum(x) < 2.0, lambda: a, lambda: b)",
        "return x + tf.cond(tf.reduce_sum(x) < 2.0, lambda: tf.constant(1.0), lambda: 2.0)",
        "return tf.cond(tf.constant(True), lambda: x * 2.0, lambda: x)",
        "return tf.cond(tf.placeholder_with_default(False, []), lambda: x * 2.0, lambda: x)",
        "return tf.cond(tf.get_variable('p', []) < 1.0, lambda: x * 2.0, lambda: x)",
        "a, b = x * 2.0, x + 1.0\nif tf.reduce_sum(x) < 2.0:\n    a = b\nreturn a",
    ],
)
def test_nothing_to_put_out_or_nothing_to_decide(call: str) -> None:
    assert [letters(one) for one in found(call, COND)] == ["X B B"]


@pytest.mark.parametrize(
    ("use", "first", "above"),
    [
        ("Layer().call(x)", V2, ""),
        ("tf.function(Layer().call)(x)", V2, ""),
        ("tf.function(lambda x: Layer()(x))(x)", V2, ""),
        ("Layer()(x)", V2, "tf.experimental.output_all_intermediates(False)"),
        ("Layer()(x)", "import tensorflow as tf", ""),
        ("Layer()(x)", f"{V2}\ntf.disable_v2_behavior()", ""),
    ],
)
def test_cond_that_does_not_put_out_its_intermediates(use: str, first: str, above: str) -> None:
    assert {letters(one) for one in found(DOUBLED, COND, use=use, first=first, above=above)} <= {"X B B"}


def test_the_switch_can_be_turned_back() -> None:
    switch = "tf.experimental.output_all_intermediates"
    assert letters(found(DOUBLED, COND, above=f"{switch}(False)\n{switch}(None)")[0]) == "X F F"


def test_cond_on_a_shape_may_be_settled_by_the_converter() -> None:
    (one,) = found("return tf.cond(tf.shape(x)[1] < 4, lambda: x * 2.0, lambda: x)", COND)
    assert (letters(one), one.certainty) == ("X F F", Certainty.MAYBE)


@pytest.mark.parametrize(
    "call",
    [
        "if tf.reduce_sum(x) < 2.0:\n    x = x * 2.0\nreturn x",
        "if tf.reduce_sum(x) < 2.0:\n    return x * 2.0\nreturn x",
        "y = x\nif tf.reduce_any(x > 1.0):\n    y = x * 2.0\nreturn y",
    ],
)
def test_autograph_makes_a_cond_of_an_if(call: str) -> None:
    assert [letters(one) for one in found(call, COND)] == ["X F F"]


@pytest.mark.parametrize(
    "test",
    [
        "tf.keras.backend.ndim(x) > 2",
        "tf.keras.backend.int_shape(x)[1] == 3",
        "tf.keras.backend.image_data_format() == 'channels_first'",
        "tf.executing_eagerly()",
        "tf.is_tensor(x)",
        "tf.get_static_value(x) > 2",
        "x.shape[1] == 4",
        "len(x.shape) == 3",
        "x.dtype == tf.float32",
        "self.wide",
    ],
)
def test_python_decides_what_python_knows(test: str) -> None:
    assert found(f"if {test}:\n    x = x * 2.0\nreturn x", COND) == []


def test_a_layer_called_by_hand_is_not_converted() -> None:
    assert found("if tf.reduce_sum(x) < 2.0:\n    x = x * 2.0\nreturn x", COND, use="Layer().call(x)") == []


@pytest.mark.parametrize("body", ["y = SWITCH", "y = tf.keras.layers.Lambda(lambda x: SWITCH)(x)"])
def test_switch_case_never_converts(body: str) -> None:
    switch = "tf.switch_case(tf.cast(tf.reduce_sum(x), tf.int32), [lambda: x, lambda: -x])"
    (one,) = suspicions(program(body.replace("SWITCH", switch)), COND)
    assert letters(one) == "X X X"


LOOP = "return tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, h * 2.0), [tf.constant(0), x]MORE)[1]"


@pytest.mark.parametrize(
    ("more", "placeholder", "expected"),
    [
        ("", "tf.placeholder(tf.float32, [None, 4])", "X F F"),
        ("", FIXED, "X X X"),
        (", back_prop=False", "tf.placeholder(tf.float32, [None, 4])", "X B B"),
    ],
)
def test_loop_in_the_call_of_a_layer_keeps_its_intermediates(more: str, placeholder: str, expected: str) -> None:
    assert [letters(one) for one in found(LOOP.replace("MORE", more), WHILE, placeholder=placeholder)] == [expected]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("return tf.map_fn(lambda r: r * r, x)", "X F F"),
        ("return tf.scan(lambda a, r: a * r, x)", "X F F"),
        ("return x + tf.foldl(lambda a, r: a * r, x)", "X X X"),
        ("return tf.map_fn(lambda r: r * r, x, back_prop=False)", "X B B"),
    ],
)
def test_loops_over_elements_in_a_layer(call: str, expected: str) -> None:
    assert [letters(one) for one in found(call, ELEMENTS)] == [expected]


@pytest.mark.parametrize(
    ("above", "expected"), [("", "X F F"), ("tf.experimental.output_all_intermediates(False)", "X B B")]
)
def test_keras_lstm_at_a_static_batch(above: str, expected: str) -> None:
    body = "y = tf.layers.dense(tf.keras.layers.LSTM(3)(tf.expand_dims(x, 2)), 1)"
    text = program(body, before=above, first=V2, placeholder=FIXED)
    assert [letters(one) for one in suspicions(text, RNN)] == [expected]
