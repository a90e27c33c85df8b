"""TF1's implementation: silent where nothing in the model minds it, and where TF2's converts."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters
from tests.rules.converting import FLOAT, PLAIN, converted, found, told

CODE = "TFL601"
V1 = "tf1.lite.TFLiteConverter.from_saved_model(path.decode()).convert()"
IN_GRAPH = f"with tf.Graph().as_default():\n    {PLAIN}\n    converter.convert()"
TABLE = """
    init = tf.lookup.KeyValueTensorInitializer(["a", "b"], np.arange(2, dtype=np.int64))
    y = tf1.layers.dense(tf.one_hot(tf.lookup.StaticHashTable(init, 0).lookup(features["x"]), 2), 1)
"""
WORDS = "x = tf1.placeholder(tf.string, [None], name='x')\nreturn tf.estimator.export.ServingInputReceiver({'x': x}, {'x': x})"
SPARE = (
    f"x = {FLOAT}\nz = {FLOAT}\nreturn tf.estimator.export.ServingInputReceiver({{'x': x, 'z': z}}, {{'x': x, 'z': z}})"
)
COUNTS = """
    seen = tf1.get_variable("seen", [], initializer=tf1.zeros_initializer(), use_resource=True)
    with tf.control_dependencies([tf1.assign_add(seen, 1.0)]):
        y = tf1.layers.dense(features["x"], 2) + seen.read_value()
"""


@pytest.mark.parametrize(
    "text",
    [
        converted(V1),
        converted(IN_GRAPH),
        converted(f"{PLAIN}\nconverter.convert()", body=TABLE, receiver=WORDS),
        converted(f"{PLAIN}\nconverter.convert()", body=COUNTS),
        converted(f"{PLAIN}\nconverter.convert()", receiver=SPARE),
        converted(f"{PLAIN}\nwith tf.Graph().as_default():\n    converter.convert()", body=TABLE, receiver=WORDS),
        converted(f"{PLAIN}\nconverter.convert()\ntf1.disable_eager_execution()", body=TABLE, receiver=WORDS),
        converted("tf1.disable_control_flow_v2()\n" + PLAIN, body=TABLE, receiver=WORDS),
        converted("with tf.Graph().as_default():\n    pass\n" + PLAIN, body=TABLE, receiver=WORDS),
        converted("", body=TABLE, receiver=WORDS),
        converted("tf1.lite.TFLiteConverter.from_keras_model_file('other.h5')"),
    ],
)
def test_silent(text: str) -> None:
    assert told(text, CODE) == []


@pytest.mark.parametrize(
    "after",
    [
        V1,
        IN_GRAPH,
        f"with tf1.Session(graph=tf.Graph()) as session:\n    {PLAIN}\n    converter.convert()",
        f"tf1.disable_v2_behavior()\n{PLAIN}\nconverter.convert()",
        f"tf1.disable_eager_execution()\n{PLAIN}\nconverter.convert()",
        "def convert(folder):\n    return tf1.lite.TFLiteConverter.from_saved_model(folder).convert()\nconvert(path)",
        "from tensorflow.compat.v1 import lite\nlite.TFLiteConverter.from_saved_model(path).convert()",
        "tf1.lite.TFLiteConverter.from_session(session, [x], [y]).convert()",
        "tf1.lite.TFLiteConverter.from_frozen_graph('frozen.pb', ['x'], ['y']).convert()",
    ],
)
def test_table_is_lost(after: str) -> None:
    (one,) = found(converted(after, body=TABLE, receiver=WORDS), CODE)
    assert letters(one) == "B R R"
    assert one.certainty is Certainty.CERTAIN


def test_changed_variable_and_spare_input_are_refused() -> None:
    for text in (converted(V1, body=COUNTS), converted(V1, receiver=SPARE)):
        (one,) = found(text, CODE)
        assert letters(one) == "B X X"


def test_conversion_of_another_folder_may_be_of_another_model() -> None:
    elsewhere = V1.replace("path.decode()", "'saved/1'")
    (one,) = found(converted(elsewhere, body=TABLE, receiver=WORDS), CODE)
    assert one.certainty is Certainty.MAYBE


def test_program_of_tensorflow_1_converts_with_tensorflow_1() -> None:
    text = converted(f"{PLAIN}\nconverter.convert()", body=TABLE, receiver=WORDS)
    assert told(text, CODE) == []
    assert len(told(text.replace("tf1.layers", "tf.layers"), CODE)) == 1
