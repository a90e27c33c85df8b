"""Classifiers of TensorFlow's own: their classes are strings."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import canned, custom

CODE = "TFL407"
NUMERIC = "[fc.numeric_column('x')]"
HEAD = """
    def model_fn(features, labels, mode):
        head = tf.estimator.{}
        logits = tf.layers.dense(features['x'], 3)
        return head.create_estimator_spec(features, mode, logits, labels=labels)
"""


@pytest.mark.parametrize(
    "text",
    [
        canned(f"tf.estimator.DNNRegressor([4], {NUMERIC})"),
        canned(f"tf.estimator.LinearRegressor({NUMERIC})"),
        canned("tf.estimator.BaselineRegressor()"),
        canned(f"tf.estimator.DNNEstimator(tf.estimator.RegressionHead(), [4], {NUMERIC})"),
        canned(f"tf.estimator.BoostedTreesClassifier({NUMERIC}, 1)"),
        canned(f"tf.estimator.LinearEstimator(head_of_ours(), {NUMERIC})"),
        custom("", model_fn=HEAD.format("RegressionHead()")),
        custom("", model_fn=HEAD.format("MultiLabelHead(3)")),
        custom("predictions={'classes': tf.argmax(y, 1)}"),
        custom("predictions={'y': y}", body="head = tf.estimator.MultiClassHead(3)"),
        custom("predictions={'y': y}", before="class DNNClassifier: pass\nDNNClassifier()"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    "estimator",
    [
        f"tf.estimator.DNNClassifier([4], {NUMERIC})",
        f"tf.estimator.DNNClassifier([4], {NUMERIC}, n_classes=3)",
        f"tf.estimator.LinearClassifier(feature_columns={NUMERIC}, label_vocabulary=None)",
        "tf.compat.v1.estimator.BaselineClassifier(n_classes=5)",
        f"tf.estimator.DNNLinearCombinedClassifier(dnn_feature_columns={NUMERIC}, dnn_hidden_units=[4])",
    ],
)
def test_without_vocabulary(estimator: str) -> None:
    text = canned(estimator)
    (found,) = suspicions(text, CODE)
    assert letters(found) == "X F F"
    assert text.splitlines()[found.span.line - 1] == f"est = {estimator}"


@pytest.mark.parametrize(
    "estimator",
    [
        f"tf.estimator.DNNClassifier([4], {NUMERIC}, None, 2, None, ['a', 'b'])",
        f"tf.estimator.LinearClassifier({NUMERIC}, label_vocabulary=['a', 'b'])",
        f"tf.estimator.LinearClassifier({NUMERIC}, None, 2, None, NAMES)",
        "tf.estimator.BaselineClassifier(None, 2, None, NAMES)",
    ],
)
def test_with_vocabulary(estimator: str) -> None:
    (found,) = suspicions(canned(estimator, before="NAMES = ['a', 'b']"), CODE)
    assert letters(found) == "X B B"


def test_never_exported_is_a_guess() -> None:
    text = canned(f"tf.estimator.LinearClassifier({NUMERIC})").replace("est.export_saved", "est.no_export_saved")
    (found,) = suspicions(text, CODE)
    assert found.certainty is Certainty.MAYBE


def test_unknown_vocabulary_is_a_guess() -> None:
    (found,) = suspicions(canned(f"tf.estimator.LinearClassifier({NUMERIC}, label_vocabulary=names())"), CODE)
    assert found.certainty is Certainty.MAYBE


@pytest.mark.parametrize(
    ("head", "expected"),
    [("MultiClassHead(3)", "X F F"), ("BinaryClassHead(label_vocabulary=['a', 'b'])", "X B B")],
)
def test_heads(head: str, expected: str) -> None:
    text = custom("", model_fn=HEAD.format(head))
    (found,) = suspicions(text, CODE)
    assert letters(found) == expected
    assert text.splitlines()[found.span.line - 1].strip() == f"head = tf.estimator.{head}"


def test_head_given_to_an_estimator() -> None:
    assert len(lines(canned(f"tf.estimator.DNNEstimator(tf.estimator.MultiClassHead(3), [4], {NUMERIC})"), CODE)) == 1


def test_each_of_several_heads() -> None:
    """MultiHead merges what its heads give; measured: refused by 1.15, AsString of `buy/str_classes` in 2.x."""
    heads = "MultiHead([tf.estimator.BinaryClassHead(name='buy'), tf.estimator.RegressionHead(name='amount')])"
    (found,) = suspicions(custom("", model_fn=HEAD.format(heads)), CODE)
    assert found.message.startswith("`BinaryClassHead`")
