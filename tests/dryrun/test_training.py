"""What the dry run knows of training: the variables it would leave in the checkpoint, and the updates it runs."""

from __future__ import annotations

import pytest

from analyzer.dryrun.protocol import ModelRun, Outcome
from tests.dryrun.writing import CONVERTS, FINISH, innermost, line_of, of, results, run_all

pytestmark = pytest.mark.dryrun

KERAS_NORM = (
    """\
def fn(features, labels, mode):
    norm = tf.keras.layers.BatchNormalization()
    x = norm(features["x"], training=mode == tf.estimator.ModeKeys.TRAIN)
    y = v1.layers.dense(x, 1)
    updates = norm.updates if UPDATES else v1.get_collection(v1.GraphKeys.UPDATE_OPS)
    if mode == tf.estimator.ModeKeys.TRAIN:
        loss = tf.reduce_mean(y)
        with tf.control_dependencies(updates):
            op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)
"""
    + FINISH
    + """\
UPDATES = False
model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[4]))
model.export_saved_model("out", receiver(x=[4]))
"""
)
TEXTS = {
    "other variables": """\
def fn(features, labels, mode):
    hidden = features["x"]
    if mode == tf.estimator.ModeKeys.TRAIN:
        hidden = v1.layers.dense(hidden, 3)
    y = v1.layers.dense(hidden, 1)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
""",
    "missing variable": """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        y = v1.layers.dense(y, 1, name="calibrate")
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
""",
    "batch norm": """\
def fn(features, labels, mode):
    training = mode == tf.estimator.ModeKeys.TRAIN
    x = v1.layers.batch_normalization(features["x"], training=training)
    x = v1.layers.batch_normalization(x, training=True)
    x = v1.layers.batch_normalization(tf.reduce_mean(x, [1, 2]), training=bool(1))
    y = v1.layers.dense(x, 1)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[4, 4, 2]))
model.export_saved_model("out", receiver(x=[4, 4, 2]))
""",
    "keras norm": KERAS_NORM,
    "keras norm updated": KERAS_NORM.replace("UPDATES = False", "UPDATES = True"),
    "slots in the export": """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1)
    optimizer = v1.train.AdamOptimizer()
    op = optimizer.minimize(tf.reduce_mean(y), v1.train.get_global_step())
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    return tf.estimator.EstimatorSpec(mode, loss=tf.reduce_mean(y), train_op=op)


model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
""",
    "slots looked at": """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    optimizer = v1.train.AdamOptimizer()
    op = optimizer.minimize(tf.reduce_mean(y), v1.train.get_global_step())
    for variable in v1.trainable_variables():
        v1.summary.histogram("moment", optimizer.get_slot(variable, "m").read_value())
    return tf.estimator.EstimatorSpec(mode, loss=tf.reduce_mean(y), train_op=op)


model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
""",
    "no gradient": """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    op = v1.train.AdamOptimizer().apply_gradients([(None, one) for one in v1.trainable_variables()])
    return tf.estimator.EstimatorSpec(mode, loss=tf.reduce_mean(y), train_op=op)


model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
""",
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return run_all(tmp_path_factory.mktemp("training"), TEXTS)


@of("other variables")
def test_a_resource_of_another_shape_is_restored_without_a_word_and_converted_so(model: ModelRun) -> None:
    written, text = model.as_written, TEXTS["other variables"]
    assert written.train is not None
    assert not any(one.stops for one in written.train.mismatches)
    found = [(one.name, one.respect, one.train, one.predict) for one in written.train.mismatches]
    assert ("dense/kernel", "shape", "[2, 3]", "[2, 1]") in found
    place = line_of(text, "y = v1.layers.dense(hidden, 1)")
    assert written.train.mismatches[0].frames[-1].line == place
    assert written.stopped_at == "convert"
    (refused,) = written.results[0].refused
    assert (refused.type, refused.frames[-1].line) == ("BiasAdd", place)
    assert "found 1 and 3, respectively" in written.results[0].words
    assert (model.mended, model.limits) == (None, ())


@of("missing variable")
def test_a_variable_that_training_does_not_make_stops_the_export(model: ModelRun) -> None:
    assert model.as_written.stopped_at == "export"
    assert model.as_written.raised is not None
    assert "Key calibrate/bias not found in checkpoint" in model.as_written.raised.words
    assert model.as_written.results == ()
    (mend,) = model.mends
    place = line_of(TEXTS["missing variable"], "calibrate")
    assert (mend.kind, mend.frames[-1].line) == ("train-variables", place)
    assert mend.text == f"calibrate/bias made by training as by the export, as 1 more (program.py:{place})"
    assert model.mended is not None
    assert results(model.mended) == CONVERTS


@of("batch norm")
def test_batch_norm_in_training_mode_is_known(model: ModelRun) -> None:
    text = TEXTS["batch norm"]
    lines = {innermost(op) for op in model.as_written.ops if op.trains}
    assert lines == {line_of(text, "training=True"), line_of(text, "training=bool(1)")}
    assert model.as_written.train is not None
    assert model.as_written.train.update_ops_run is False


@of("keras norm")
def test_averages_of_keras_that_no_step_moves(model: ModelRun) -> None:
    assert model.as_written.train is not None
    assert model.as_written.train.update_ops_run is False


@of("keras norm updated")
def test_averages_of_keras_that_a_step_moves(model: ModelRun) -> None:
    assert model.as_written.train is not None
    assert model.as_written.train.update_ops_run is True


@of("slots in the export")
def test_an_optimizer_before_the_mode_is_asked_makes_its_variables_in_both(model: ModelRun) -> None:
    train = model.as_written.train
    assert train is not None
    assert (train.done, train.mismatches) == (True, ())
    assert results(model.as_written) == CONVERTS


@of("slots looked at")
def test_a_model_fn_may_look_at_what_its_optimizer_made(model: ModelRun) -> None:
    train = model.as_written.train
    assert train is not None
    assert (train.done, train.reason, train.mismatches) == (True, "", ())


@of("no gradient")
def test_gradients_that_are_all_none_stop_training(model: ModelRun) -> None:
    train = model.as_written.train
    assert train is not None
    assert "No gradients provided for any variable" in train.reason
