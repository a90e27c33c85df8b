"""Batch normalization of tf.layers and of tf.contrib, with the defaults that arg_scope gives."""

from __future__ import annotations

import pytest

from analyzer.expectations import BatchNormTrains
from analyzer.exportgraph.predict import follow
from analyzer.findings import Certainty, Span
from analyzer.reading.project import Project
from tests.rules.asking import PATH, letters, lines, program, suspicions

CODE = "TFL502"
SLIM = "slim = tf.contrib.slim"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.batch_normalization(x)",
        "y = tf.layers.batch_normalization(x, training=mode == tf.estimator.ModeKeys.TRAIN)",
        "y = tf.contrib.layers.batch_norm(x, is_training=mode == tf.estimator.ModeKeys.TRAIN)",
        "y = tf.contrib.layers.batch_norm(x, is_training=False)",
        "with slim.arg_scope([slim.batch_norm], is_training=mode == 'train'):\n    y = slim.batch_norm(x)",
        "with slim.arg_scope([slim.conv2d, slim.batch_norm], is_training=False):\n    y = slim.batch_norm(x, decay=0.9)",
        (
            "with slim.arg_scope([slim.batch_norm], is_training=True):\n"
            "    with slim.arg_scope([slim.batch_norm], is_training=False):\n        y = slim.batch_norm(x)"
        ),
        "y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm, normalizer_params={'is_training': mode == 'train'})",
        "y = slim.fully_connected(x, 3, normalizer_fn=tf.contrib.layers.layer_norm)",
        (
            "with slim.arg_scope([slim.batch_norm], is_training=False) as scope:\n    pass\n"
            "with slim.arg_scope(scope):\n    y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm)"
        ),
        "unused = slim.batch_norm(x)\ny = tf.layers.dense(x, 1)",
        "m, v = tf.nn.moments(x, [-1], keep_dims=True)\ny = (x - m) / tf.sqrt(v + 1e-6)",
        "m, v = tf.nn.moments(x, axes=[1, 2])\ny = tf.layers.dense(m, 1)",
        "w = tf.get_variable('w', [3, 3])\nm, v = tf.nn.moments(w, [0])\ny = tf.matmul(x, (w - m) / tf.sqrt(v))",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body, before=SLIM), CODE) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("y = tf.layers.batch_normalization(x, training=True)", "W W W"),
        ("y = tf.contrib.layers.batch_norm(x)", "W n/a n/a"),
        ("y = slim.batch_norm(x, decay=0.9)", "W n/a n/a"),
        ("y = tf.nn.moments(x, [0])[0]", "W W W"),
        ("y = tf.nn.moments(x, axes=0, keep_dims=True)[0]", "W W W"),
        ("y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm)", "W n/a n/a"),
        (
            "y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm, normalizer_params={'decay': 0.9})",
            "W n/a n/a",
        ),
    ],
)
def test_found(body: str, expected: str) -> None:
    text = program(body, before=SLIM)
    assert lines(text, CODE) == [body]
    assert letters(suspicions(text, CODE)[0]) == expected


def test_scope_outside_the_call_does_not_reach_it() -> None:
    text = program(
        "with slim.arg_scope([slim.batch_norm], is_training=False):\n    y = slim.batch_norm(x)\ny = slim.batch_norm(y, scale=True)",
        before=SLIM,
    )
    assert lines(text, CODE) == ["y = slim.batch_norm(y, scale=True)"]


def test_normalizer_given_by_a_scope() -> None:
    text = program(
        "with slim.arg_scope([slim.fully_connected], normalizer_fn=slim.batch_norm):\n"
        "    y = slim.fully_connected(slim.fully_connected(x, 3), 3)",
        before=SLIM,
    )
    assert set(lines(text, CODE)) == {"with slim.arg_scope([slim.fully_connected], normalizer_fn=slim.batch_norm):"}
    assert {one.expectation for one in suspicions(text, CODE)} == {BatchNormTrains((span,)) for span in _layers(text)}


def _layers(text: str) -> list[Span]:
    """The calls of fully_connected, which is where the ops are made."""
    project = Project(overlay={PATH: text})
    (model,) = follow(project, project.module(PATH)).models
    return [call.span for call in model.calls if call.name.endswith("batch_norm")]


def test_normalizer_given_by_the_layer_itself() -> None:
    text = program("y = slim.fully_connected(x, 3,\n    normalizer_fn=slim.batch_norm)", before=SLIM)
    assert lines(text, CODE) == ["y = slim.fully_connected(x, 3,"]


@pytest.mark.parametrize(
    "params", ["normalizer_params={'is_training': mode == 'train'}", "normalizer_params=params['bn']"]
)
def test_normalizer_told_the_mode_or_perhaps(params: str) -> None:
    text = program(f"y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm, {params})", before=SLIM)
    assert [one for one in suspicions(text, CODE) if one.certainty is Certainty.CERTAIN] == []


HELPERS = """
def norm(x, training):
    return tf.layers.batch_normalization(x, training=training)
def block(x, training):
    return norm(tf.layers.dense(x, 3), training)
"""


def test_silent_where_every_call_of_a_helper_tells_the_mode() -> None:
    text = program("y = norm(block(x, mode == 'train'), mode == 'train')", before=HELPERS)
    assert lines(text, CODE) == []


def test_the_one_call_of_a_helper_that_is_wrong_is_named() -> None:
    text = program("h = block(x, mode == 'train')\nh = block(h, True)\ny = block(h, mode == 'train')", before=HELPERS)
    (found,) = suspicions(text, CODE)
    assert text.splitlines()[found.span.line - 1].strip() == "h = block(h, True)"
    assert found.expectation == BatchNormTrains((found.span,))
    assert "(line 5, by this call)" in found.message


def test_where_every_call_of_a_helper_is_wrong_each_is_named() -> None:
    text = program("h = block(x, True)\ny = block(h, training=True)", before=HELPERS)
    assert lines(text, CODE) == ["h = block(x, True)", "y = block(h, training=True)"]


def test_a_helper_that_is_wrong_by_itself_is_named_itself() -> None:
    text = program("y = block(x, True)", before=HELPERS.replace("training=training", "training=True"))
    assert lines(text, CODE) == ["return tf.layers.batch_normalization(x, training=True)"]


def test_scoped_defaults_reach_functions_of_the_project() -> None:
    unit = """
    from tensorflow.contrib import slim
    @slim.add_arg_scope
    def unit(x, is_training=True):
        return slim.batch_norm(x, is_training=is_training)
    """
    right = "with slim.arg_scope([unit], is_training=mode == 'train'):\n    y = unit(x)"
    assert lines(program(right, before=unit), CODE) == []
    assert lines(program("y = unit(x)", before=unit), CODE) == ["return slim.batch_norm(x, is_training=is_training)"]
