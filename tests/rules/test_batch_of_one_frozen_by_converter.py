"""What TensorFlow 1.15's converter makes of a batch of None."""

from __future__ import annotations

import pytest

from tests.rules.asking import FLOAT, letters, lines, program, suspicions
from tests.rules.exporting import canned

CODE = "TFL416"
SEQUENCE = "tf.placeholder(tf.float32, [None, 5, 4], name='x')"


@pytest.mark.parametrize(
    ("body", "placeholder"),
    [
        ("y = tf.layers.dense(x, 1)", FLOAT),
        ("y = tf.reshape(x, [-1, 2, 2])", FLOAT),
        ("y = tf.expand_dims(x, 1)", "tf.placeholder(tf.float32, [2, 4], name='x')"),
        ("y = x + tf.expand_dims(tf.constant([1.0, 2.0, 3.0, 4.0]), 0)", FLOAT),
        ("unused = tf.expand_dims(x, 1)\ny = tf.layers.dense(x, 1)", FLOAT),
        ("y = tf.layers.flatten(x)", FLOAT),
        ("y = tf.reshape(tf.layers.flatten(x), [-1, 20])", SEQUENCE),
        ("y = tf.reduce_mean(x, axis=1)", SEQUENCE),
        ("y = tf.layers.conv2d(x, 4, 3)", "tf.placeholder(tf.float32, [None, 8, 8, 3], name='x')"),
        ("y = tf.matmul(x, tf.ones([4, 2]))", FLOAT),
        ("y = tf.reshape(x, [-1, tf.shape(x)[1] * tf.shape(x)[2]])", SEQUENCE),
        ("y = x\nif mode != 'infer':\n    y = tf.squeeze(x, axis=1)", SEQUENCE),
        ("y = tf.expand_dims(x, 1)", "tf.placeholder(tf.float32, SHAPE, name='x')"),
    ],
)
def test_silent(body: str, placeholder: str) -> None:
    assert lines(program(body, placeholder=placeholder), CODE) == []


@pytest.mark.parametrize(
    ("body", "placeholder"),
    [
        ("y = tf.expand_dims(x, 1)", FLOAT),
        ("y = tf.squeeze(x, axis=1)", "tf.placeholder(tf.float32, [None, 1], name='x')"),
        ("y = tf.layers.flatten(x)", SEQUENCE),
        ("y = tf.layers.conv1d(x, 2, 3)", SEQUENCE),
        ("y = tf.keras.layers.Conv1D(2, 3)(x)", SEQUENCE),
        ("y = tf.layers.dense(x, 2)", SEQUENCE),
        ("y = tf.matmul(x, x, transpose_b=True)", SEQUENCE),
        ("y = tf.reshape(x, [tf.shape(x)[0], 20])", SEQUENCE),
    ],
)
def test_found(body: str, placeholder: str) -> None:
    text = program(body, placeholder=placeholder)
    assert lines(text, CODE) == [body]
    assert letters(suspicions(text, CODE)[0]) == "R B B"


WEIGHTS = "w = tf.get_variable('w', [4, 3])\n"
COLUMN = "tf.placeholder(tf.float32, [None, 5, 1], name='x')"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.transpose(x, [0, 2, 1])",
        "y = tf.transpose(x, [2, 1, 0])",
        "y = tf.transpose(x, [0, 1, 2])",
        "y = tf.transpose(x, order)",
        "y = tf.nn.softmax(x, axis=1)",
        "y = tf.nn.softmax(x)",
        "y = tf.keras.layers.Softmax()(x)",
        "y = tf.reshape(tf.layers.dense(x, 3, use_bias=False), [-1, 15])",
        "y = tf.reshape(tf.layers.dense(x, 3, tf.nn.relu, use_bias=False), [-1, 15])",
        WEIGHTS + "y = tf.reshape(tf.tensordot(x, w, 1), [-1, 15])",
        WEIGHTS + "y = tf.reshape(tf.tanh(tf.einsum('btd,de->bte', x, w)), [-1, 15])",
        "y = tf.reshape(tf.contrib.layers.fully_connected(x, 3, biases_initializer=None), [-1, 15])",
        WEIGHTS + "y = tf.matmul(x[:, 0], w)",
        "y = tf.reshape(tf.squeeze(x[:, :1], 1), [-1, 2, 2])",
        "y = tf.reshape(tf.expand_dims(x, -1), [-1, 20])",
    ],
)
def test_silent_where_no_reshape_to_one_is_left(body: str) -> None:
    assert lines(program(body, placeholder=SEQUENCE), CODE) == []


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.transpose(x, [1, 0, 2])",
        "y = tf.transpose(x, perm=(1, 2, 0))",
        "y = tf.transpose(x[:, 0])",
        "y = tf.keras.backend.permute_dimensions(x, (1, 0, 2))",
        "y = tf.reshape(tf.layers.dense(x, 3), [-1, 15])",
        "y = tf.layers.flatten(x) * 2.0",
        "y = tf.reduce_mean(tf.layers.dense(x, 3, use_bias=False), 1)",
        "y = tf.reshape(tf.contrib.layers.fully_connected(x, 3), [-1, 15])",
        "y = tf.reshape(tf.sigmoid(tf.layers.dense(x, 3, use_bias=False)), [-1, 15])",
        WEIGHTS + "y = tf.matmul(x, w)",
        WEIGHTS + "y = tf.reduce_max(tf.tensordot(x, w, 1), 1)",
        "y = tf.matmul(unknown(x), b=x)",
    ],
)
def test_found_where_a_reshape_to_one_is_left(body: str) -> None:
    assert lines(program(body, placeholder=SEQUENCE), CODE) == [body.splitlines()[-1]]


@pytest.mark.parametrize(
    "softmax",
    [
        "tf.nn.softmax(x, axis=1)",
        "tf.nn.log_softmax(x, -2)",
        "tf.keras.layers.Softmax(axis=1)(x)",
        "tf.nn.softmax(x, dim=1)",
    ],
)
def test_softmax_over_the_steps_of_a_column(softmax: str) -> None:
    assert lines(program(f"y = {softmax}", placeholder=COLUMN), CODE) == [f"y = {softmax}"]


def test_every_line_of_a_chain_is_named() -> None:
    body = "q = tf.layers.dense(x, 3)\ns = tf.matmul(q, q, transpose_b=True)\ny = tf.matmul(tf.nn.softmax(s / n), q)"
    assert lines(program(body, placeholder=SEQUENCE), CODE) == body.splitlines()


@pytest.mark.parametrize("placeholder", [SEQUENCE, SEQUENCE.replace("None", "1")])
def test_an_unrolled_layer_is_no_loop_and_turns_the_batch(placeholder: str) -> None:
    text = program("y = tf.keras.layers.LSTM(3, unroll=True)(x)", placeholder=placeholder)
    assert lines(text, "TFL304") == []
    assert len(lines(text, CODE)) == ("None" in placeholder)


IMAGES = "tf.placeholder(tf.float32, [None, 4, 4, 2], name='x')"
DENSE = "y = tf.layers.dense({}, 3)"


@pytest.mark.parametrize(
    "body",
    [
        DENSE.format("tf.layers.flatten(x)"),
        DENSE.format("tf.contrib.layers.flatten(x)"),
        "y = tf.keras.layers.Dense(3)(tf.keras.layers.Flatten()(x))",
        "y = tf.matmul(tf.layers.flatten(x), tf.get_variable('w', [32, 2]))",
        DENSE.format("tf.layers.dropout(tf.nn.relu(tf.layers.flatten(x)), training=mode == 'train')"),
        DENSE.format("tf.layers.flatten(x) * 2.0"),
        DENSE.format("tf.layers.flatten(x) + tf.layers.flatten(tf.square(x))"),
        DENSE.format("tf.reshape(x, [tf.shape(x)[0], 32])"),
        DENSE.format("tf.squeeze(tf.reduce_mean(x, [1, 2], keepdims=True), [1, 2])"),
        DENSE.format("tf.squeeze(tf.layers.conv2d(x, 3, 4), axis=[1, 2])"),
        "f = tf.layers.flatten(x)\ny = tf.layers.dense(f, 3) + tf.layers.dense(f, 3)",
    ],
)
def test_silent_where_only_dense_layers_take_it(body: str) -> None:
    assert lines(program(body, placeholder=IMAGES), CODE) == []


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.squeeze(tf.layers.conv2d(x, 3, 4), axis=[1, 2])",
        "y = tf.nn.softmax(tf.squeeze(tf.layers.conv2d(x, 3, 4), axis=[1, 2]))",
        DENSE.format("tf.nn.l2_normalize(tf.layers.flatten(x), 1)"),
        DENSE.format("tf.concat([tf.layers.flatten(x), tf.reduce_mean(x, [1, 2])], 1)"),
        "f = tf.layers.flatten(x)\ny = tf.layers.dense(f, 3) + tf.reduce_sum(f, 1, keepdims=True)",
        DENSE.format("tf.layers.flatten(x) * tf.layers.dense(tf.reshape(x, [-1, 32]), 32)"),
        "y = tf.sigmoid(tf.squeeze(tf.layers.dense(tf.reshape(x, [-1, 32]), 1), -1))",
        DENSE.format("tf.squeeze(tf.layers.max_pooling2d(x, 4, 4), axis=1)"),
    ],
)
def test_found_where_something_else_takes_it(body: str) -> None:
    assert lines(program(body, placeholder=IMAGES), CODE)


def test_a_result_that_is_an_output_too() -> None:
    text = program("f = tf.layers.flatten(x)\ny = {'f': f, 'd': tf.layers.dense(f, 3)}", placeholder=IMAGES)
    assert lines(text, CODE) == ["f = tf.layers.flatten(x)"]


def test_recurrence_over_parts_of_the_input() -> None:
    body = "parts = tf.split(x, 4, 1)\nout, _ = tf.nn.static_rnn(tf.nn.rnn_cell.GRUCell(3), parts, dtype=tf.float32)\ny = out[-1]"
    assert lines(program(body), CODE) == [body.splitlines()[1]]


def test_shape_through_layers() -> None:
    body = "out, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(3), x, dtype=tf.float32)\ny = tf.layers.dense(tf.concat([out, x], axis=-1), 1)"
    assert lines(program(body, placeholder=SEQUENCE), CODE) == ["y = tf.layers.dense(tf.concat([out, x], axis=-1), 1)"]


def test_behind_features_that_stand_as_a_tensor() -> None:
    text = program("y = tf.expand_dims(features, 1)")
    assert lines(text, CODE) == ["y = tf.expand_dims(features, 1)"]


FLAT = """
x = tf.placeholder(tf.float32, [None], name="x")
return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})
"""
NUMERIC = "tf.estimator.{}(feature_columns=[fc.numeric_column('x')]{})"


@pytest.mark.parametrize(
    ("estimator", "receiver"),
    [
        (NUMERIC.format("LinearRegressor", ""), ""),
        (NUMERIC.format("LinearRegressor", ""), FLAT),
        (NUMERIC.format("DNNRegressor", ", hidden_units=[4]"), ""),
        (NUMERIC.format("DNNRegressor", ", hidden_units=[4]"), FLAT.replace("[None]", "[1]")),
        (NUMERIC.format("DNNRegressor", ", hidden_units=[4]"), FLAT.replace("[None]", "SHAPE")),
        ("tf.estimator.LinearRegressor(feature_columns=[fc.numeric_column('z')])", FLAT),
    ],
)
def test_silent_where_no_column_expands_a_batch_of_none(estimator: str, receiver: str) -> None:
    assert lines(canned(estimator, receiver=receiver), CODE) == []


def test_a_column_expands_a_feature_of_shape_none() -> None:
    text = canned(NUMERIC.format("DNNRegressor", ", hidden_units=[4]"), receiver=FLAT)
    assert lines(text, CODE) == ['return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})']
    assert letters(suspicions(text, CODE)[0]) == "R B B"


def test_an_input_layer_expands_a_feature_of_shape_none() -> None:
    columns = "[tf.feature_column.numeric_column('x')]"
    body = f"y = tf.layers.dense(tf.feature_column.input_layer(features, {columns}), 1)"
    assert lines(program(body), CODE) == []
    assert len(lines(program(body, placeholder="tf.placeholder(tf.float32, [None])"), CODE)) == 1
