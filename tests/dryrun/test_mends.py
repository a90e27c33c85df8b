"""Causes behind causes: each is mended in memory, in order, and what lies behind all of them is converted."""

from __future__ import annotations

import pytest

from analyzer.dryrun.protocol import ModelRun
from tests.dryrun.writing import line_of, run_all

pytestmark = pytest.mark.dryrun

LOSS_FIRST = """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1)
    loss = tf.reduce_mean(tf.square(y - labels))
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    return finish(mode, loss)


model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
"""
THREE = """\
def fn(features, labels, mode):
    hidden = v1.layers.dense(features, 2)
    loss = tf.reduce_mean(hidden - labels)
    if mode == tf.estimator.ModeKeys.PREDICT:
        y = v1.layers.dense(hidden, 1, name="calibrate")
        return tf.estimator.EstimatorSpec(mode, predictions={"y": tf.math.erf(y)})
    return finish(mode, loss)


def training():
    data = np.ones([4, 2], "float32")
    return tf.data.Dataset.from_tensor_slices((data, data)).batch(2)


model = tf.estimator.Estimator(fn, "m")
model.train(training)
model.export_saved_model("out", receiver(x=[2]))
"""
EXPORTS = """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y}, export_outputs=OUTPUTS(y))
    return finish(mode, tf.reduce_mean(y))


model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
"""
PREDICT_OUTPUT = "tf.estimator.export.PredictOutput"
TEXTS = {
    "loss first": LOSS_FIRST,
    "loss of no training": LOSS_FIRST.replace("model.train(rows(x=[2]))\n", ""),
    "three": THREE,
    "no signature": "OUTPUTS = lambda y: {'serving_default': tf.estimator.export.RegressionOutput(y)}\n" + EXPORTS,
    "no default": f"OUTPUTS = lambda y: {{'a': {PREDICT_OUTPUT}(y), 'b': {PREDICT_OUTPUT}(2 * y)}}\n" + EXPORTS,
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelRun]:
    outcomes = run_all(tmp_path_factory.mktemp("mends"), TEXTS)
    return {name: outcome.models[0] for name, outcome in outcomes.items()}


def mended(model: ModelRun) -> list[tuple[str, str]]:
    """Profile and outcome of each conversion of the mended model's own signature."""
    assert model.mended is not None
    return [(one.profile, one.outcome) for one in model.mended.results if one.signature == "serving_default"]


def test_labels_that_reach_no_output_are_left_out(models: dict[str, ModelRun]) -> None:
    model = models["loss first"]
    assert model.as_written.stopped_at == "export"
    (mend,) = model.mends
    place = line_of(LOSS_FIRST, "loss = ")
    assert (mend.kind, mend.text) == ("labels", f"labels left out in PREDICT (program.py:{place})")
    assert mended(model) == [("builtins", "converts")]
    assert model.mended is not None
    assert [tensor.key for one in model.mended.signatures for tensor in one.inputs] == ["x"]


def test_labels_that_no_training_shows_are_not_made_up(models: dict[str, ModelRun]) -> None:
    assert models["loss of no training"].mends == ()


def test_three_causes_are_mended_in_order(models: dict[str, ModelRun]) -> None:
    model = models["three"]
    assert [mend.kind for mend in model.mends] == ["feature-dict", "labels", "train-variables"]
    lines = [mend.frames[-1].line for mend in model.mends]
    assert lines == [line_of(THREE, words) for words in ("dense(features", "loss = ", "calibrate")]
    assert mended(model) == [("builtins", "refused"), ("select", "converts")]
    assert model.mended is not None
    assert {op.type for one in model.mended.results for op in one.refused} == {"Erf"}


def test_an_export_without_a_signature_is_converted_with_and_without_one(models: dict[str, ModelRun]) -> None:
    model = models["no signature"]
    assert model.as_written.signatures == ()
    assert model.as_written.stopped_at == "convert"
    assert [one.outcome for one in model.as_written.results] == ["refused", "refused"]
    assert [(mend.kind, mend.text) for mend in model.mends] == [("signature", "a PredictOutput as serving_default")]
    assert mended(model) == [("builtins", "converts")]


def test_outputs_without_a_default_get_one(models: dict[str, ModelRun]) -> None:
    model = models["no default"]
    assert model.as_written.raised is not None
    assert "none of them are specified as the default" in model.as_written.raised.words
    assert [mend.kind for mend in model.mends] == ["signature"]
    assert mended(model) == [("builtins", "converts")]
