"""A fixed number of rows over a batch of None."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL415"
TILES = "tf.placeholder(tf.float32, [None, 2, 3], name='x')"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.reshape(x, [-1, 6])",
        "y = tf.reshape(x, [-1, 4, 6])",
        "y = tf.reshape(x, [tf.shape(x)[0], 6])",
        "y = tf.reshape(x, [1, -1])",
        "y = tf.reshape(x, [2, -1])",
        "y = tf.reshape(x, (-1,))",
        "unused = tf.reshape(x, [4, 6])\ny = tf.layers.dense(x, 1)",
        "if mode == 'train':\n    x = tf.reshape(x, [4, 6])\ny = tf.layers.dense(x, 1)",
        "w = tf.reshape(tf.get_variable('w', [24]), [4, 6])\ny = tf.matmul(tf.layers.flatten(x), w, transpose_b=True)",
        "y = tf.concat([x, tf.ones([4, 2, 3])], axis=0)",
        "y = tf.concat([x, x], axis=1)",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body, placeholder=TILES), CODE) == []


def test_fixed_batch_in_the_receiver() -> None:
    text = program("y = tf.reshape(x, [4, 6])", placeholder="tf.placeholder(tf.float32, [4, 2, 3])")
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.reshape(x, [8, 6])",
        "y = tf.reshape(x, [4, -1])",
        "y = tf.concat([x, tf.ones([8, 2, 1])], axis=2)",
    ],
)
def test_found(body: str) -> None:
    text = program(body, placeholder=TILES)
    (found,) = suspicions(text, CODE)
    assert text.splitlines()[found.span.line - 1].strip() == body
    assert letters(found) == "X R R"
    assert found.certainty is Certainty.CERTAIN


def test_state_of_a_cell() -> None:
    body = "cell = tf.nn.rnn_cell.GRUCell(3)\ny, _ = cell(x[:, 0], cell.zero_state(4, tf.float32))"
    text = program(body, placeholder=TILES)
    assert lines(text, CODE) == ["y, _ = cell(x[:, 0], cell.zero_state(4, tf.float32))"]
    assert lines(text.replace("zero_state(4,", "zero_state(tf.shape(x)[0],"), CODE) == []


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.stack(tf.unstack(x, num=4, axis=1), axis=1)",
        "y = tf.concat(tf.split(x, 2, axis=1), axis=1)",
        "y = tf.concat(tf.split(x, params['n']), axis=0)",
        "y = tf.concat(tf.split(x, 1), axis=0)",
        "y = x\nif mode == 'train':\n    y = tf.concat(tf.split(x, 2), axis=0)",
    ],
)
def test_silent_about_parts_of_columns(body: str) -> None:
    assert lines(program(body), CODE) == []


@pytest.mark.parametrize("body", ["y = tf.stack(tf.unstack(x, 4))", "y = tf.concat(tf.split(x, 2), axis=0)"])
def test_rows_split_into_a_number_of_parts(body: str) -> None:
    assert lines(program(body), CODE) == [body]


FLAG = "tf.app.flags.DEFINE_integer('rows', 8, 'rows')"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.reshape(x, [tf.app.flags.FLAGS.rows, 6])",
        "y = tf.reshape(x, [tf.app.flags.FLAGS.rows * 2, 3])",
        "y = tf.reshape(x, [params.get('batch_size', tf.app.flags.FLAGS.rows), 6])",
    ],
)
def test_a_size_that_a_flag_has_by_default(body: str) -> None:
    text = program(body, placeholder=TILES, before=FLAG)
    (found,) = suspicions(text, CODE)
    assert found.certainty is Certainty.CERTAIN
    assert "a batch of 8 is fixed here" in found.message


def test_rows_of_weights_are_no_batch() -> None:
    body = """
    w = tf.get_variable('w', [6, 3])
    flat = tf.reshape(w, [-1, w.shape.as_list()[-1]])
    y = tf.matmul(tf.layers.flatten(x), tf.reshape(flat / 2.0, [6, 3]))
    """
    assert lines(program(body, placeholder=TILES), CODE) == []


def test_a_tpu_estimator_tells_its_batch_size_to_train_only() -> None:
    body = "size = params['batch_size'] if 'batch_size' in params else -1\ny = tf.reshape(x, [size, 6])"
    text = program(body, placeholder=TILES).replace(
        "tf.estimator.Estimator(model_fn, 'out', params={})",
        "tf.estimator.tpu.TPUEstimator(model_fn, train_batch_size=4, use_tpu=False)",
    )
    assert lines(text, CODE) == []


IMAGES = "tf.placeholder(tf.float32, [None, 4, 4, 3], name='x')"
KERNEL = "k = tf.get_variable('k', [2, 2, 5, 3])\n"
TRANSPOSED = "y = tf.nn.conv2d_transpose({}, k, output_shape={}, strides=[1, 2, 2, 1])"


@pytest.mark.parametrize(
    ("source", "shape"),
    [
        ("x", "[4, 8, 8, 5]"),
        ("x", "tf.stack([4, 8, 8, 5])"),
        ("x", "tf.stack([4, 2 * x.shape[1], 8, 5])"),
        ("tf.nn.max_pool_with_argmax(x, 2, 2, 'SAME')[0]", "[4, 8, 8, 5]"),
    ],
)
def test_the_batch_of_a_transposed_convolution(source: str, shape: str) -> None:
    """Measured: every version converts it, and every interpreter fails beside a tensor of another batch."""
    (found,) = suspicions(program(KERNEL + TRANSPOSED.format(source, shape), placeholder=IMAGES), CODE)
    assert letters(found) == "R R R"
    assert "a batch of 4 is fixed here" in found.message


@pytest.mark.parametrize(
    ("source", "shape", "placeholder"),
    [
        ("x", "[4, 8, 8, 5]", IMAGES.replace("None", "4")),
        ("x", "tf.stack([tf.shape(x)[0], 8, 8, 5])", IMAGES),
        ("x", "[1, 8, 8, 5]", IMAGES),
        ("x", "shape_of_ours(x)", IMAGES),
        ("tf.nn.max_pool_with_argmax(x, 2, 2, 'SAME')[0]", "[3, 8, 8, 5]", IMAGES),
        ("tf.nn.max_pool_with_argmax(x, 2, 2, 'SAME')[0]", "[4, 8, 8, 5]", IMAGES.replace("None", "4")),
    ],
)
def test_silent_about_other_shapes_of_transposed_convolutions(source: str, shape: str, placeholder: str) -> None:
    text = program(KERNEL + TRANSPOSED.format(source, shape), placeholder=placeholder)
    assert lines(text, CODE) == []
