"""TPUEstimator gives its batch size to training and evaluation, not to the export."""

from __future__ import annotations

from textwrap import dedent

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, suspicions

CODE = "TFL220"
PROGRAM = """
    import tensorflow as tf

    def model_fn(features, labels, mode, params):
        BODY
        y = tf.layers.dense(features["x"], 2)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
        rate = 0.1 * params["batch_size"]
        train_op = tf.train.GradientDescentOptimizer(rate).minimize(y)
        return tf.estimator.tpu.TPUEstimatorSpec(mode, loss=y, train_op=train_op)

    def serve():
        x = tf.placeholder(tf.float32, [None, 3])
        return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

    est = tf.estimator.ESTIMATOR
    est.export_saved_model("out", serve)
"""
TPU = "tpu.TPUEstimator(model_fn, train_batch_size=8)"


def program(body: str, estimator: str = TPU) -> str:
    return dedent(PROGRAM).replace("BODY", body).replace("ESTIMATOR", estimator)


@pytest.mark.parametrize(
    "text",
    [
        program("pass"),
        program("size = params.get('batch_size', 1)"),
        program("size = params.get('batch_size')"),
        program("size = params['batch_size'] if 'batch_size' in params else -1"),
        program("size = params['batch_size'] if mode == 'train' else -1"),
        program("size = params['units']", "tpu.TPUEstimator(model_fn, params={'units': 1}, train_batch_size=8)"),
        program("size = params['batch_size']", "Estimator(model_fn, params={'batch_size': 8})"),
        program("size = params['batch_size']", "Estimator(model_fn, params={})"),
        program("size = params['batch_size']", "tpu.TPUEstimator(model_fn, params=of_the_user(), train_batch_size=8)"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize("estimator", [TPU, "tpu.TPUEstimator(model_fn, params={'units': 8}, train_batch_size=8)"])
def test_read_before_the_predict_branch_returns(estimator: str) -> None:
    text = program("size = params['batch_size']", estimator)
    (found,) = suspicions(text, CODE)
    assert letters(found) == "E E n/a"
    assert text.splitlines()[found.span.line - 1].strip() == "size = params['batch_size']"


def test_contrib() -> None:
    text = program("size = params['batch_size']").replace("tf.estimator.tpu.", "tf.contrib.tpu.")
    text = text.replace("tf.estimator." + TPU, "tf.contrib." + TPU)
    assert len(lines(text, CODE)) == 1


def test_never_exported_is_a_guess() -> None:
    text = program("size = params['batch_size']").replace('est.export_saved_model("out", serve)', "")
    (found,) = suspicions(text, CODE)
    assert found.certainty is Certainty.MAYBE
