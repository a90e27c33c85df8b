"""No `serving_default`: 1.15 minds, and only where it is not told which signature to take."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import PARSING, RAW, canned, custom

CODE = "TFL207"
REGRESSOR = "tf.estimator.LinearRegressor([fc.numeric_column('x')])"
STRING = RAW.replace("tf.float32, [None, 4]", "tf.string, [None]")
HEAD = """
    def model_fn(features, labels, mode):
        head = tf.estimator.RegressionHead()
        logits = tf.layers.dense(features['x'], 1)
        return head.create_estimator_spec(features, mode, logits, labels=labels)
"""


@pytest.mark.parametrize(
    "text",
    [
        custom("predictions={'y': y}"),
        custom("predictions=y, export_outputs={'only': export.PredictOutput({'y': y})}"),
        canned(REGRESSOR, receiver=PARSING),
        canned(REGRESSOR, receiver=STRING),
        canned(REGRESSOR, receiver="return some.receiver_of_ours()"),
        canned(REGRESSOR, after="tf.lite.TFLiteConverter.from_saved_model('out', signature_key='predict')"),
        canned(REGRESSOR).replace("est.export_saved_model('out', serve)", "est.train(print)"),
        custom("predictions=y, export_outputs={'serving_default': export.RegressionOutput(y)}", receiver=STRING),
        custom("", model_fn=HEAD, receiver=PARSING),
        canned("tf.keras.estimator.model_to_estimator(keras_model=build())"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    "estimator",
    [
        REGRESSOR,
        "tf.estimator.DNNClassifier([4], [fc.numeric_column('x')], n_classes=3)",
        "tf.compat.v1.estimator.BaselineRegressor()",
        "tf.estimator.DNNEstimator(tf.estimator.RegressionHead(), [4], [fc.numeric_column('x')])",
        "tf.estimator.add_metrics(tf.estimator.LinearRegressor([fc.numeric_column('x')]), print)",
    ],
)
def test_canned_over_raw_inputs(estimator: str) -> None:
    text = canned(estimator)
    (found,) = suspicions(text, CODE)
    assert letters(found) == "X B B"
    assert text.splitlines()[found.span.line - 1] == "est.export_saved_model('out', serve)"


def test_place_is_the_exporter() -> None:
    after = """
        tf.estimator.train_and_evaluate(
            est, tf.estimator.TrainSpec(print),
            tf.estimator.EvalSpec(print, exporters=[
                tf.estimator.FinalExporter("final", serve)]))
    """
    text = canned(REGRESSOR, after=after).replace("est.export_saved_model('out', serve)\n", "")
    assert lines(text, CODE) == ['tf.estimator.FinalExporter("final", serve)]))']


def test_head_in_model_fn() -> None:
    assert len(lines(custom("", model_fn=HEAD), CODE)) == 1


def test_classification_of_ones_own_beside_a_predict_output() -> None:
    outputs = "{'serving_default': export.RegressionOutput(y), 'predict': export.PredictOutput(y)}"
    text = custom(f"predictions=y, export_outputs={outputs}")
    (found,) = suspicions(text, CODE)
    assert "'predict'" in found.message


@pytest.mark.parametrize(
    ("convert", "expected"),
    [
        ("tf.lite.TFLiteConverter.from_saved_model('out/1').convert()", "X B B"),
        ("tf.compat.v1.lite.TFLiteConverter.from_saved_model('out/1').convert()", "X X X"),
    ],
)
def test_tf1_asks_for_it_on_every_version(convert: str, expected: str) -> None:
    text = canned("tf.estimator.DNNRegressor([4], [fc.numeric_column('x')])", after=convert)
    (one,) = suspicions(text.replace("tf.placeholder", "tf.compat.v1.placeholder"), CODE)
    assert letters(one) == expected


def test_several_heads() -> None:
    """Measured with 1.15.5: "Possible values are 'buy/predict,predict,amount/predict'"."""
    heads = "MultiHead([tf.estimator.BinaryClassHead(name='buy'), tf.estimator.RegressionHead(name='amount')])"
    model_fn = f"""
        def model_fn(features, labels, mode):
            logits = tf.layers.dense(features['x'], 1)
            return tf.estimator.{heads}.create_estimator_spec(features, mode, logits, labels=labels)
    """
    (found,) = suspicions(custom("", model_fn=model_fn), CODE)
    assert "exports only 'amount/predict', 'buy/predict', 'predict'," in found.message
    assert found.fix == "convert with signature_key='predict'"
