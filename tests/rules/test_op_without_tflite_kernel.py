"""Ops that a converter has no kernel for: by the measured table, and only where inputs reach them."""

from __future__ import annotations

import pytest

from analyzer.expectations import AnyOf, InterpreterFails, Refused
from analyzer.findings import Certainty
from analyzer.tfapi.support import support_of
from tests.rules.asking import FLOAT, letters, lines, program, suspicions

CODE = "TFL404"
STRINGS = "tf.placeholder(tf.string, [None], name='x')"
IMAGES = "tf.placeholder(tf.float32, [None, 8, 8, 3], name='x')"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.dense(tf.nn.relu(x), 1)",
        "y = tf.nn.softmax(tf.matmul(x, tf.ones([4, 2])) * 2.0 - 1.0)",
        "y = x * tf.math.erf(tf.constant(0.5))",
        "unused = tf.math.erf(x)\ny = tf.layers.dense(x, 1)",
        "y = tf.layers.dense(x, 1)\ntf.summary.histogram('erf', tf.math.erf(y))",
        "y = tf.layers.dense(x, 1)\nif mode != tf.estimator.ModeKeys.PREDICT:\n    y = tf.math.erf(y)",
        "y = x[:, 1:3] + x[:, :2]",
        "y = x[:, 0]",
        "y = tf.einsum('ab,cb->ac', x, tf.ones([3, 4]))",
        "import math\ny = x * math.erf(0.3)",
        "y = tf.no_such_function(x)",
        "y = tf.gradients(tf.reduce_sum(x), x)",
        "y = tf.math.square(x, name='square')",
        "y = x / 2.0 + 3.0 ** 2",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body), CODE) == []


@pytest.mark.parametrize("code", ["TFL401", "TFL402"])
def test_other_rules_keep_their_ops(code: str) -> None:
    body = {"TFL401": "y = tf.py_func(np.abs, [x], tf.float32)", "TFL402": "y = tf.strings.as_string(x)"}[code]
    text = program(body)
    assert lines(text, code) == [body]
    assert lines(text, CODE) == []


def test_input_fn_may_use_anything() -> None:
    text = program("y = tf.layers.dense(x, 1)").replace(
        ".repeat()", ".map(lambda a, b: ({'x': tf.math.erf(a['x'])}, b))"
    )
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    ("body", "placeholder", "expected"),
    [
        ("y = tf.math.erf(x)", FLOAT, "F F F"),
        ("y = tf.linalg.svd(tf.matmul(x, x, transpose_a=True), compute_uv=False)", FLOAT, "X X X"),
        ("y = tf.image.resize_images(x, [4, 4], method=tf.image.ResizeMethod.BICUBIC)", IMAGES, "X F F"),
        ("y = tf.image.resize(x, [4, 4], method='area')", IMAGES, "X X X"),
        ("y = x[..., 0]", FLOAT, "R B B"),
        ("y = x[:, tf.newaxis]", FLOAT, "R B B"),
        ("y = x[:, tf.newaxis, :2]", IMAGES, "R B B"),
        ("y = x[:, :, tf.newaxis]", FLOAT, "X B B"),
        ("y = x[:, tf.newaxis, :]", FLOAT, "X B B"),
        ("y = tf.math.cumprod(x, axis=1)", FLOAT, "X F F"),
        ("y = tf.nn.softsign(x)", FLOAT, "F F B"),
    ],
)
def test_found(body: str, placeholder: str, expected: str) -> None:
    text = program(body, placeholder=placeholder)
    (found,) = suspicions(text, CODE)
    assert text.splitlines()[found.span.line - 1].strip() == body
    assert letters(found) == expected
    assert found.certainty is Certainty.CERTAIN


def test_reaches_through_a_receiver_that_tensorflow_builds() -> None:
    text = program("y = tf.math.erf(x)").replace(
        "est.export_saved_model('out', receiver_fn)",
        f"est.export_saved_model('out', tf.estimator.export.build_raw_serving_input_receiver_fn({{'x': {FLOAT}}}))",
    )
    assert lines(text, CODE) == ["y = tf.math.erf(x)"]


def test_expectations() -> None:
    (never,) = suspicions(program("y = tf.linalg.svd(x, compute_uv=False)"), CODE)
    assert isinstance(never.expectation, Refused)
    assert never.expectation.op_types == {"Svd"}
    (fails,) = suspicions(program("y = x[..., 0]"), CODE)
    assert isinstance(fails.expectation, InterpreterFails)


@pytest.mark.parametrize(("dtype", "count"), [("float32", 0), ("int32", 0), ("float64", 1)])
def test_float64_is_told_once(dtype: str, count: int) -> None:
    text = program("y = (x + 1) * (x + 2) - 3", placeholder=f"tf.placeholder(tf.{dtype}, [None, 4])")
    assert lines(text, CODE) == ["y = (x + 1) * (x + 2) - 3"] * (2 * count)


def test_dtypes_decide() -> None:
    assert support_of("operator.add", "int64") is not None
    text = program("y = x + 1", placeholder="tf.placeholder(tf.int64, [None])")
    (found,) = suspicions(text, CODE)
    assert letters(found) == "R B B"
    assert "of int64" in found.message


def test_unknown_dtype_is_left_alone() -> None:
    assert lines(program("y = x + 1", placeholder="tf.placeholder(DTYPE, [None])"), CODE) == []


def test_two_ways_to_fail() -> None:
    (found,) = suspicions(program("y = x + x", placeholder="tf.placeholder(tf.string, [None])"), CODE)
    assert isinstance(found.expectation, AnyOf)


@pytest.mark.parametrize(
    "body",
    [
        "words = tf.strings.split(x)\ny = words.to_tensor('')",
        "words = tf.strings.split(x, sep=' ', result_type='RaggedTensor')\nif isinstance(words, tf.RaggedTensor):\n    words = words.to_tensor()\ny = words",
        "y = tf.strings.unicode_decode(x, 'UTF-8').to_tensor(0)",
    ],
)
def test_ragged_rows_made_even(body: str) -> None:
    found = [line for line in lines(program(body, placeholder=STRINGS), CODE) if "to_tensor" in line]
    assert len(found) == 1


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.ragged.constant([[1.0], [2.0, 3.0]]).to_tensor() + tf.reduce_sum(x)",
        "words = tf.strings.split(tf.constant(['a b']), result_type='SparseTensor')\ny = tf.identity(x)",
    ],
)
def test_silent_about_ragged_constants(body: str) -> None:
    assert lines(program(body), CODE) == []
