"""Layers of a Keras model that `model_to_estimator` makes an Estimator of."""

from __future__ import annotations

import pytest

from tests.rules.asking import lines, suspicions

LOOP, FROZEN = "TFL304", "TFL416"
PROGRAM = """
import tensorflow as tf
from tensorflow.keras import layers
{body}
    model.compile(loss="mse")
    return model
def receiver_fn():
    x = tf.compat.v1.placeholder(tf.float32, {shape}, name="x")
    return tf.estimator.export.ServingInputReceiver({{"x": x}}, {{"x": x}})
est = tf.keras.estimator.model_to_estimator(keras_model=build())
est.export_saved_model("out", receiver_fn)
"""
SEQUENTIAL = """
def build():
    model = tf.keras.Sequential()
    model.add(layers.InputLayer((5, 4), name="x"))
    model.add({layer})
    model.add(layers.Dense(2))
"""
FUNCTIONAL = """
def build():
    x = layers.Input((5, 4), name="x")
    y = {layer}(x)
    model = tf.keras.Model(x, layers.Dense(2)(y))
"""


def exporting(body: str, layer: str, shape: str = "[None, 5, 4]") -> str:
    """A program that exports a model around a layer over sequences of 5 vectors of 4."""
    return PROGRAM.format(body=body.format(layer=layer), shape=shape)


BOTH = pytest.mark.parametrize("body", [SEQUENTIAL, FUNCTIONAL])


@BOTH
@pytest.mark.parametrize(
    "layer",
    ["layers.LSTM(3)", "layers.GRU(3)", "layers.RNN(layers.LSTMCell(3))", "layers.Bidirectional(layers.GRU(3))"],
)
def test_a_recurrent_layer_is_a_loop(body: str, layer: str) -> None:
    (line,) = lines(exporting(body, layer), LOOP)
    assert layer in line


@BOTH
def test_silent_about_layers_of_one_step(body: str) -> None:
    text = exporting(body, "layers.GlobalAveragePooling1D()")
    assert lines(text, LOOP) == lines(text, FROZEN) == []


@BOTH
def test_a_dense_layer_behind_a_sequence_of_states_freezes_the_batch(body: str) -> None:
    whole = exporting(body, "layers.Bidirectional(layers.GRU(3, return_sequences=True))")
    assert ["layers.Dense(2)" in line for line in lines(whole, FROZEN)] == [True]
    assert lines(exporting(body, "layers.GRU(3)"), FROZEN) == []


@BOTH
def test_silent_about_the_batch_where_the_receiver_fixes_it(body: str) -> None:
    assert lines(exporting(body, "layers.Conv1D(2, 3)"), FROZEN) != []
    assert lines(exporting(body, "layers.Conv1D(2, 3)", shape="[1, 5, 4]"), FROZEN) == []


@BOTH
def test_the_function_of_a_lambda_layer_is_followed(body: str) -> None:
    text = exporting(body, "layers.Lambda(lambda s: tf.expand_dims(s, 1))")
    assert any("tf.expand_dims" in line for line in lines(text, FROZEN))


def test_inputs_are_fed_by_their_names() -> None:
    body = """
def build():
    x = layers.Input((5, 4), name="x")
    y = layers.Input((2,), name="y")
    model = tf.keras.Model([y, x], layers.concatenate([y, layers.Flatten()(layers.Conv1D(2, 3)(x))]))
"""
    text = exporting(body, "").replace('{"x": x})', '{"x": x, "y": tf.compat.v1.placeholder(tf.float32, [None, 2])})')
    found = suspicions(text, FROZEN)
    assert {text.splitlines()[one.span.line - 1].strip() for one in found} == {
        "model = tf.keras.Model([y, x], layers.concatenate([y, layers.Flatten()(layers.Conv1D(2, 3)(x))]))"
    }
