"""Layers of a Keras model that model_fn calls: told by the call whether they train, named where they are made or called."""

from __future__ import annotations

import pytest

from analyzer.expectations import InExportedSlice, Refused
from tests.rules.asking import lines, program, suspicions

NOISE, NORM = "TFL501", "TFL502"
FIRST = "import tensorflow.compat.v1 as tf"
SEQUENTIAL = """
def network():
    return tf.keras.Sequential([
        tf.keras.layers.Dense(8),
        tf.keras.layers.Dropout(0.4),
        tf.keras.layers.BatchNormalization(),
    ])
"""
FUNCTIONAL = """
def network():
    given = tf.keras.Input([4])
    h = tf.keras.layers.Dense(8)(given)
    h = tf.keras.layers.Dropout(0.4)(h)
    return tf.keras.Model(given, tf.keras.layers.BatchNormalization()(h))
"""
SUBCLASS = """
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.drop = tf.keras.layers.Dropout(0.4)
        self.norm = tf.keras.layers.BatchNormalization()
    def call(self, x, training=None):
        return self.norm(self.drop(x, training=training), training=training)
network = Net
"""
NESTED = (
    SEQUENTIAL.replace("network", "inner")
    + """
def network():
    given = tf.keras.Input([4])
    return tf.keras.Model(inputs=given, outputs=inner()(given))
"""
)
EVERY = pytest.mark.parametrize("before", [SEQUENTIAL, FUNCTIONAL, SUBCLASS])


@EVERY
@pytest.mark.parametrize("told", ["", ", training=mode == 'train'", ", training=False"])
def test_silent_where_the_call_does_not_say_that_it_trains(before: str, told: str) -> None:
    text = program(f"y = network()(x{told})", before=before, first=FIRST)
    assert lines(text, NOISE) == lines(text, NORM) == []


@EVERY
def test_the_call_that_says_it_trains_is_named(before: str) -> None:
    text = program("net = network()\ny = net(x, training=True)", before=before, first=FIRST)
    assert lines(text, NOISE) == lines(text, NORM) == ["y = net(x, training=True)"]
    (found,) = suspicions(text, NOISE)
    assert isinstance(found.expectation, InExportedSlice)
    assert found.span in found.expectation.at


def test_a_model_within_a_model_is_told_too() -> None:
    text = program("net = network()\ny = net(x, training=False)", before=NESTED, first=FIRST)
    assert lines(text, NOISE) == []


def test_a_layer_that_tells_itself_does_not_listen_to_the_call() -> None:
    told = FUNCTIONAL.replace("Dropout(0.4)(h)", "Dropout(0.4)(h, training=True)")
    text = program("y = network()(x)", before=told, first=FIRST)
    assert len(lines(text, NOISE)) == 1


def test_what_an_unused_model_is_made_of_is_not_exported() -> None:
    text = program("net = network()\nunused = net(x, training=True)\ny = x * 2.0", before=FUNCTIONAL, first=FIRST)
    assert lines(text, NOISE) == []


def test_a_refused_layer_is_named_where_it_is_made_and_settled_where_it_is_called() -> None:
    before = """
    def network():
        return tf.keras.Sequential([
            tf.keras.layers.Lambda(lambda x: x),
            tf.keras.layers.GRU(8),
        ])
    """
    text = program("y = network()(tf.expand_dims(x, 1))", before=before, first=FIRST)
    found = [one for one in suspicions(text, "TFL304") if "GRU" in text.splitlines()[one.span.line - 1]]
    assert [text.splitlines()[one.span.line - 1].strip() for one in found] == ["tf.keras.layers.GRU(8),"]
    called = next(number for number, line in enumerate(text.splitlines(), 1) if "network()(" in line)
    assert isinstance(found[0].expectation, Refused)
    assert called in [span.line for span in found[0].expectation.at]


@pytest.mark.parametrize("phase", ["1", "True"])
def test_a_learning_phase_that_is_set_is_named(phase: str) -> None:
    body = f"tf.keras.backend.set_learning_phase({phase})\nnet = network()\ny = net(x)"
    text = program(body, before=FUNCTIONAL, first=FIRST)
    assert set(lines(text, NOISE)) == set(lines(text, NORM)) == {f"tf.keras.backend.set_learning_phase({phase})"}
    calls = {span.line for one in suspicions(text, NOISE) for span in one.expectation.at}  # type: ignore[union-attr]
    assert any("y = net(x)" in text.splitlines()[line - 1] for line in calls)


@pytest.mark.parametrize("phase", ["0", "mode == tf.estimator.ModeKeys.TRAIN", "False"])
def test_silent_where_the_learning_phase_follows_the_mode(phase: str) -> None:
    body = f"tf.keras.backend.set_learning_phase({phase})\nnet = network()\ny = net(x)"
    text = program(body, before=FUNCTIONAL, first=FIRST)
    assert lines(text, NOISE) == lines(text, NORM) == []


def test_a_learning_phase_set_outside_of_model_fn_is_that_of_another_graph() -> None:
    text = program("y = network()(x)", before="tf.keras.backend.set_learning_phase(1)\n" + FUNCTIONAL, first=FIRST)
    assert lines(text, NOISE) == []
