"""What model_fn is given when it is exported: a dict of features, and no labels."""

from __future__ import annotations

import pytest

from tests.rules.asking import lines, program, suspicions

DICT, BARE, MISSING, UNREAD, LABELS = "TFL204", "TFL205", "TFL202", "TFL203", "TFL209"
DENSE = "y = tf.layers.dense(x, 1)"
WHOLE = "y = tf.layers.dense(features, 1)"


def whole(body: str, receiver: str = "") -> str:
    """A program whose model_fn does not read features['x'] first."""
    return program(body, receiver=receiver).replace("    x = features['x']\n", "", 1)


@pytest.mark.parametrize("code", [DICT, BARE, MISSING, UNREAD, LABELS])
@pytest.mark.parametrize(
    "body",
    [
        DENSE,
        "y = tf.feature_column.input_layer(features, [tf.feature_column.numeric_column('x')])",
        "if isinstance(features, dict):\n    features = features['x']\ny = tf.layers.dense(features, 1)",
        "y = tf.layers.dense(features.get('absent', x), 1)",
        "if labels is not None:\n    tf.summary.scalar('n', tf.size(labels))\n" + DENSE,
        "y = tf.concat([features[key] for key in sorted(features)], 1)",
        "features = dict(features)\nfeatures['z'] = x * 2.0\ny = features['z']",
    ],
)
def test_silent_where_features_and_labels_are_used_well(code: str, body: str) -> None:
    assert lines(program(body), code) == []


@pytest.mark.parametrize("body", [WHOLE, "y = tf.layers.Dense(1)(features)", "y = tf.keras.layers.Dense(1)(features)"])
def test_dict_used_as_tensor(body: str) -> None:
    text = whole(body)
    assert lines(text, DICT) == [body]
    assert lines(text, BARE) == []
    span = suspicions(text, DICT)[0].span
    assert text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1] == "features"


def test_dict_used_by_an_operator() -> None:
    assert lines(whole("y = features * 2.0"), DICT) == ["y = features * 2.0"]


@pytest.mark.parametrize(
    "receiver",
    [
        "return tf.estimator.export.TensorServingInputReceiver(x, x)",
        "return tf.estimator.export.TensorServingInputReceiver(x, {'x': x})",
    ],
)
def test_tensor_receiver_gives_the_tensor(receiver: str) -> None:
    assert lines(whole(WHOLE, receiver), DICT) == lines(whole(WHOLE, receiver), BARE) == []


def test_bare_tensor_is_blamed_on_the_receiver() -> None:
    receiver = "return tf.estimator.export.ServingInputReceiver(x, x)"
    assert lines(whole(WHOLE, receiver), BARE) == [receiver]
    assert lines(whole(WHOLE, receiver), DICT) == []
    assert lines(program(DENSE, receiver=receiver), BARE) == [receiver], "'x' is not 'feature'"


def test_missing_feature_is_found_where_it_is_read() -> None:
    receiver = "return tf.estimator.export.ServingInputReceiver({'input_x': x}, {'x': x})"
    assert lines(program(DENSE, receiver=receiver), MISSING) == ["x = features['x']"]


def test_keys_of_receiver_tensors_do_not_matter() -> None:
    receiver = "return tf.estimator.export.ServingInputReceiver({'x': x}, {'other': x})"
    assert lines(program(DENSE, receiver=receiver), MISSING) == []


def test_feature_that_nothing_reads() -> None:
    receiver = "z = tf.placeholder(tf.float32, [None])\nf = {'x': x, 'z': z}\nreturn tf.estimator.export.ServingInputReceiver(f, f)"
    assert lines(program(DENSE, receiver=receiver), UNREAD) == ["f = {'x': x, 'z': z}"]


@pytest.mark.parametrize(
    "body",
    [
        "loss = tf.losses.mean_squared_error(labels, x)",
        "ids = tf.cast(labels, tf.int32)",
        "ids = labels['age']",
        "gap = labels - x",
    ],
)
def test_labels_before_the_predict_return(body: str) -> None:
    assert lines(program(f"{body}\n{DENSE}"), LABELS) == [body]
