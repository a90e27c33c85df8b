"""What model_fn gives for PREDICT must be an EstimatorSpec with predictions."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import canned, custom

CODE = "TFL212"
SPEC = "tf.estimator.EstimatorSpec(mode, y)"


def returning(*body: str) -> str:
    head = "def model_fn(features, labels, mode):\n    y = tf.layers.dense(features['x'], 1)\n"
    return custom("", model_fn=head + "\n".join(f"    {line}" for line in body))


@pytest.mark.parametrize(
    "text",
    [
        custom("predictions={'y': y}"),
        custom("y"),
        custom("predictions=None if mode == 'train' else y"),
        custom("**arguments()"),
        returning("if mode == 'train':", "    return None", "return tf.estimator.EstimatorSpec(mode, y)"),
        returning("if mode == 'eval':", "    return tf.estimator.EstimatorSpec(mode)", f"return {SPEC}"),
        returning("return make_spec(mode, y)"),
        returning("return tf.estimator.RegressionHead().create_estimator_spec(features, mode, y)"),
        returning("return tf.contrib.tpu.TPUEstimatorSpec(mode, predictions={'y': y})"),
        returning("raise NotImplementedError(mode)"),
        returning("return y, y  # not yet an EstimatorSpec").partition("est = ")[0],
        canned("tf.estimator.LinearRegressor([fc.numeric_column('x')])"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize("spec", ["loss=tf.reduce_mean(y)", "predictions=None"])
def test_no_predictions(spec: str) -> None:
    (found,) = suspicions(custom(spec), CODE)
    assert letters(found) == "E E n/a"
    assert "no predictions" in found.message


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (("if mode == 'train':", "    return tf.estimator.EstimatorSpec(mode, loss=y, train_op=y)"), "None"),
        (("spec = tf.estimator.EstimatorSpec(mode, y)",), "None"),
        (("return {'y': y}",), "something else"),
        (("return y, y",), "something else"),
    ],
)
def test_no_spec(body: tuple[str, ...], what: str) -> None:
    text = returning(*body)
    (found,) = suspicions(text, CODE)
    assert what in found.message
    assert text.splitlines()[found.span.line - 1].startswith("def model_fn")


@pytest.mark.parametrize("body", ["return None", "return tf.estimator.EstimatorSpec(mode, loss=y, train_op=y)"])
def test_a_program_that_only_trains_may_mean_it(body: str) -> None:
    text = returning(body)
    for export, certainty in (("", Certainty.MAYBE), ("est.export_saved_model('out', serve)", Certainty.CERTAIN)):
        (found,) = suspicions(text.replace("est.export_saved_model('out', serve)", export), CODE)
        assert found.certainty is certainty
