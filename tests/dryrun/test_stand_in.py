"""TensorFlow 2.21 has no tf.estimator: a stand-in builds plain model_fns there, and what is gone is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from analyzer.dryrun import client
from analyzer.dryrun.protocol import ModelRun, Outcome
from tests.dryrun.writing import EXPORT, MODEL, PRELUDE, job, line_of, write

pytestmark = pytest.mark.dryrun

FN = """\
def fn(features, labels, mode, params):
    weights = v1.get_variable("weights", [2, params["units"]])
    y = tf.nn.relu(tf.matmul(features["x"], weights))
    if mode == tf.estimator.ModeKeys.PREDICT:
        outputs = {
            "half": tf.estimator.export.PredictOutput(y / 2),
            "serving_default": tf.estimator.export.PredictOutput({"y": y, "double": 2 * y}),
        }
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y}, export_outputs=outputs)
    return finish(mode, tf.reduce_mean(tf.square(y - labels)))


settings = tf.estimator.RunConfig(model_dir="m", save_checkpoints_steps=10)
model = tf.estimator.Estimator(fn, config=settings.replace(tf_random_seed=7), params={"units": 1})
"""
TEXTS = {
    "one call": FN + 'model.train(rows(x=[2]))\nmodel.export_saved_model("out", receiver(x=[2]))\n',
    "in training": FN
    + """\
raw = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.ones([1, 2])})
exporter = tf.estimator.LatestExporter("best", raw)
tf.estimator.train_and_evaluate(
    model,
    tf.estimator.TrainSpec(rows(x=[2]), max_steps=2),
    tf.estimator.EvalSpec(rows(x=[2]), exporters=exporter))
""",
    "examples": FN
    + """\
spec = {"x": tf.io.FixedLenFeature([2], tf.float32)}
model.export_saved_model("out", tf.estimator.export.build_parsing_serving_input_receiver_fn(spec))
""",
    "other variables": FN.replace('"weights", [', '"weights" + mode, [')
    + 'model.train(rows(x=[2]))\nmodel.export_saved_model("out", receiver(x=[2]))\n',
    "no predictions": FN.replace('predictions={"y": y}, ', "") + 'model.export_saved_model("out", receiver(x=[2]))\n',
    "layers": MODEL + EXPORT,
    "canned": """\
columns = [tf.feature_column.numeric_column("x")]
model = tf.estimator.DNNClassifier([4], columns)
""",
}


@pytest.fixture(scope="module")
def outcomes(tensorflow_2_21: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Outcome]:
    folder = tmp_path_factory.mktemp("standin")
    jobs = [job(write(folder / name.replace(" ", "_"), text)) for name, text in TEXTS.items()]
    return dict(zip(TEXTS, client.run_many(jobs, tensorflow_2_21), strict=True))


def model(outcome: Outcome) -> ModelRun:
    (found,) = outcome.models
    return found


def test_it_is_said_that_it_stood_in(outcomes: Mapping[str, Outcome]) -> None:
    assert all(outcome.stand_in and outcome.tensorflow == "2.21.0" for outcome in outcomes.values())


def test_a_plain_model_fn_is_built_and_converted(outcomes: Mapping[str, Outcome]) -> None:
    built = model(outcomes["one call"]).as_written
    assert {one.key: [tensor.key for tensor in one.outputs] for one in built.signatures} == {
        "half": ["output"],
        "serving_default": ["double", "y"],
    }
    assert {result.interpreter for result in built.results if result.signature} == {"matches"}
    assert built.train is not None
    assert (built.train.done, built.train.mismatches) == (True, ())


def test_an_exporter_exports(outcomes: Mapping[str, Outcome]) -> None:
    run = model(outcomes["in training"])
    assert run.found_by == "export call"
    assert run.receiver is not None
    assert run.receiver.line == line_of(TEXTS["in training"], "raw = ")
    assert [result.outcome for result in run.as_written.results if result.signature == "serving_default"] == [
        "converts"
    ]


def test_examples_are_parsed_in_the_graph(outcomes: Mapping[str, Outcome]) -> None:
    results = model(outcomes["examples"]).as_written.results
    assert "ParseExampleV2" in {op.type for result in results for op in result.refused}


def test_variables_of_training_are_compared(outcomes: Mapping[str, Outcome]) -> None:
    check = model(outcomes["other variables"]).as_written.train
    assert check is not None
    assert [mismatch.name for mismatch in check.mismatches] == ["weightsinfer"]


def test_a_spec_is_held_to_the_rules(outcomes: Mapping[str, Outcome]) -> None:
    raised = model(outcomes["no predictions"]).as_written.raised
    assert raised is not None
    assert (raised.type, raised.words) == ("ValueError", "Missing predictions.")


def test_what_keras_3_took_is_named_on_the_user_s_line(outcomes: Mapping[str, Outcome]) -> None:
    raised = model(outcomes["layers"]).as_written.raised
    assert raised is not None
    assert "`dense` is not available with Keras 3" in raised.words
    assert raised.frames[-1].line == line_of(TEXTS["layers"], "v1.layers.dense")


def test_a_canned_estimator_is_named(outcomes: Mapping[str, Outcome]) -> None:
    raised = outcomes["canned"].raised
    assert raised is not None
    assert "no attribute 'DNNClassifier'" in raised.words
    assert "no canned estimators" in raised.words
    assert raised.frames[-1].line == len(PRELUDE.splitlines()) + 2
