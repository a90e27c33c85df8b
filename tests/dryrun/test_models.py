"""What the dry run reports of programs that build: signatures, ops, lines, mends, conversions and their runs."""

from __future__ import annotations

import pytest

from analyzer.dryrun.answers import outcome_from_json, to_json
from analyzer.dryrun.protocol import ModelRun, Outcome
from tests.dryrun.writing import CONVERTS, EXPORT, FINISH, MODEL, innermost, line_of, of, results, run_all

pytestmark = pytest.mark.dryrun

TEXTS = {
    "plain": MODEL + EXPORT,
    "as v1": """\
def fn(features, labels, mode):
    y = tf.layers.dense(features["x"], 1)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[2]))
model.export_savedmodel("out", receiver(x=[2]))
""",
    "dict and float64": """\
def fn(features, labels, mode):
    y = v1.layers.Dense(1)(features)
"""
    + FINISH
    + """\
def training():
    data = np.ones([4, 2])
    return tf.data.Dataset.from_tensor_slices((data, data[:, :1])).batch(2)


model = tf.estimator.Estimator(fn, "m")
model.train(training)
model.export_saved_model("out", receiver(pixels=[2]))
""",
    "bare tensor": """\
def fn(features, labels, mode):
    y = v1.layers.dense(features, 1)
"""
    + FINISH
    + """\
def bare():
    x = v1.placeholder(tf.float32, [None, 2])
    return tf.estimator.export.ServingInputReceiver(x, x)


model = tf.estimator.Estimator(fn, "m")
model.train(lambda: (tf.ones([2, 2]), tf.ones([2, 1])))
model.export_saved_model("out", bare)
""",
    "other key": """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["wanted"], 1) + features["offset"]
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.train(rows(wanted=[1], offset=[1]))
model.export_saved_model("out", receiver(given=[1], offset=[1]))
""",
    "no mend": """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1) * labels
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[1]))
model.export_saved_model("out", receiver(x=[1]))
""",
    "loop": """\
def fn(features, labels, mode):
    _, x = tf.while_loop(
        lambda i, a: i < 3,
        lambda i, a: (i + 1, tf.sin(a)),
        [tf.constant(0), features["x"]])
    unused = tf.exp(x)
    y = v1.layers.dense(x, 1)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
""",
    "python inside": """\
def fn(features, labels, mode):
    x = tf.map_fn(lambda row: tf.strings.to_number(row), features["text"], dtype=tf.float32)
    y = v1.layers.dense(tf.ensure_shape(tf.numpy_function(np.sin, [x], tf.float32), [None, 2]), 1)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.export_saved_model("out", receiver(tf.string, text=[2]))
""",
    "norms by hand": """\
def fn(features, labels, mode):
    x = tf.keras.layers.LayerNormalization()(features["x"])
    weight = v1.get_variable("weight", [4, 4])
    of_weights, _ = tf.nn.moments(weight, [0])
    of_rows, _ = tf.nn.moments(x, [-1], keepdims=True)
    of_batch, spread = tf.nn.moments(x, [0], name="over_the_batch")
    y = tf.matmul((x - of_batch) / tf.sqrt(spread + 0.1) + of_rows, weight - of_weights)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[4]))
model.export_saved_model("out", receiver(x=[4]))
""",
    "random": """\
def fn(features, labels, mode):
    y = v1.layers.dense(v1.layers.dropout(features["x"], 0.5, training=True), 1)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.export_saved_model("out", receiver(x=[8]))
""",
    "seeded random": """\
def fn(features, labels, mode):
    y = v1.layers.dense(v1.layers.dropout(features["x"], 0.5, training=True), 1)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m", tf.estimator.RunConfig(tf_random_seed=3))
model.export_saved_model("out", receiver(x=[1]))
""",
    "unconnected": """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1)
"""
    + FINISH
    + """\
def elsewhere():
    given, other = v1.placeholder(tf.float32, [None, 2]), tf.ones([1, 2])
    return tf.estimator.export.ServingInputReceiver({"x": other}, {"x": given})


model = tf.estimator.Estimator(fn, "m")
model.export_saved_model("out", elsewhere)
""",
    "fixed batch": """\
def fn(features, labels, mode):
    y = v1.layers.dense(tf.reshape(features["x"], [4, 2]), 1)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.export_saved_model("out", receiver(x=[2]))
""",
    "recurrent": """\
def fn(features, labels, mode):
    x = tf.nn.embedding_lookup(v1.get_variable("words", [40, 4]), features["ids"])
    _, state = v1.nn.dynamic_rnn(v1.nn.rnn_cell.LSTMCell(5), x, dtype=tf.float32)
    steps = v1.get_variable("steps", [], tf.int64, v1.zeros_initializer(), trainable=False)
    with tf.control_dependencies([steps.assign_add(1)]):
        y = v1.layers.dense(state.h, 1)
"""
    + FINISH
    + """\
model = tf.estimator.Estimator(fn, "m")
model.train(rows("int64", ids=[6]))
model.export_saved_model("out", receiver(tf.int64, ids=[6]))
""",
    "canned": """\
columns = [tf.feature_column.numeric_column("x", [2])]
model = tf.estimator.DNNClassifier([4], columns, n_classes=3, label_vocabulary=["a", "b", "c"])
spec = tf.estimator.EvalSpec(
    rows(x=[2]),
    exporters=tf.estimator.FinalExporter(
        "final", tf.estimator.export.build_parsing_serving_input_receiver_fn(
            tf.feature_column.make_parse_example_spec(columns))))
tf.estimator.train_and_evaluate(model, tf.estimator.TrainSpec(rows(x=[2]), max_steps=2), spec)
""",
    "metrics added": """\
columns = [tf.feature_column.numeric_column("x", [2])]
base = tf.estimator.DNNClassifier([4], columns, n_classes=3, label_vocabulary=["a", "b", "c"])
model = tf.estimator.add_metrics(base, lambda labels, predictions: {})
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
""",
    "metrics added to its own": """\
def fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1)
"""
    + FINISH
    + """\
base = tf.estimator.Estimator(fn, "m")
model = tf.estimator.add_metrics(base, lambda labels, predictions: {})
model.train(rows(x=[2]))
model.export_saved_model("out", receiver(x=[2]))
""",
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return run_all(tmp_path_factory.mktemp("models"), TEXTS)


@of("plain")
def test_a_plain_model_converts_and_matches(model: ModelRun) -> None:
    text = TEXTS["plain"]
    assert model.found_by == "export call"
    places = [place and (place.line, place.function) for place in (model.model_fn, model.receiver, model.estimator)]
    assert places == [
        (line_of(text, "def grade_fn"), "grade_fn"),
        (line_of(text, "def orchard"), "orchard"),
        (line_of(text, "grader = "), "EstimatorV2"),
    ]
    assert model.export is not None
    assert model.export.line == line_of(text, "grader.export_saved_model")
    assert results(model.as_written) == results(model.as_written, None) == CONVERTS
    (signature,) = model.as_written.signatures
    (given,) = signature.inputs
    assert (given.key, given.name, given.dtype, given.shape) == ("apple", "apple:0", "float32", (None, 3))
    assert given.reaches_output
    assert given.is_placeholder
    assert model.as_written.train is not None
    assert (model.as_written.train.done, model.as_written.train.mismatches) == (True, ())


@of("plain")
def test_ops_know_their_lines_and_who_made_them(model: ModelRun) -> None:
    text = TEXTS["plain"]
    ops = {op.name: op for op in model.as_written.ops}
    assert (ops["apple"].scope, innermost(ops["apple"])) == ("receiver", line_of(text, "apple = v1"))
    product = ops["dense/MatMul"]
    assert product.live
    assert product.scope == "model"
    lines = [line_of(text, "grader.export_saved_model"), line_of(text, "grade = v1")]
    assert [frame.line for frame in product.frames] == lines


def test_a_v1_program_is_presented_as_one_and_others_are_not(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["as v1"].presented_as_v1
    assert outcomes["as v1"].v1_names == ("tf.layers",)
    assert outcomes["as v1"].control_flow_v2 is False
    assert [name for name, outcome in outcomes.items() if outcome.presented_as_v1] == ["as v1"]
    assert outcomes["loop"].control_flow_v2 is True


@of("dict and float64")
def test_two_causes_are_mended_one_behind_the_other(model: ModelRun) -> None:
    text = TEXTS["dict and float64"]
    written = model.as_written
    assert written.stopped_at == "export"
    assert written.raised is not None
    assert written.raised.frames[-1].line == line_of(text, "v1.layers.Dense")
    assert [mend.kind for mend in model.mends] == ["feature-dict", "train-dtype"]
    assert model.mends[0].text.startswith("features['pixels'] instead of features (program.py:")
    assert model.mends[1].frames[-1].line == line_of(text, "Dataset.from_tensor_slices((data")
    assert model.mended is not None
    assert model.mended.train is not None
    assert {mismatch.respect for mismatch in model.mended.train.mismatches} == {"dtype"}
    assert model.mended.stopped_at is None
    assert results(model.mended) == CONVERTS


@of("bare tensor")
def test_a_bare_receiver_tensor_is_mended(model: ModelRun) -> None:
    place = line_of(TEXTS["bare tensor"], "ServingInputReceiver(x, x)")
    assert [(mend.kind, mend.text) for mend in model.mends] == [
        ("bare-receiver-tensor", f"TensorServingInputReceiver instead of ServingInputReceiver (program.py:{place})")
    ]
    assert results(model.mended) == CONVERTS


@of("other key")
def test_a_key_is_renamed_where_only_one_is_left(model: ModelRun) -> None:
    assert model.as_written.raised is not None
    assert (model.as_written.raised.type, model.as_written.raised.words) == ("KeyError", "'wanted'")
    assert [mend.kind for mend in model.mends] == ["feature-key"]
    assert results(model.mended) == CONVERTS


@of("no mend")
def test_labels_on_the_predict_path_are_not_mended(model: ModelRun) -> None:
    assert model.as_written.stopped_at == "export"
    assert model.as_written.raised is not None
    assert model.as_written.raised.frames[-1].line == line_of(TEXTS["no mend"], "* labels")
    assert (model.mends, model.mended) == ((), None)


@of("loop")
def test_ops_of_loop_bodies_are_seen_and_dead_ops_are_dead(model: ModelRun) -> None:
    text = TEXTS["loop"]
    ops = model.as_written.ops
    (sine,) = [op for op in ops if op.type == "Sin"]
    assert sine.within
    assert sine.live
    assert innermost(sine) == line_of(text, "tf.sin(a)")
    (unused,) = [op for op in ops if op.type == "Exp"]
    assert not unused.live
    assert results(model.as_written) == CONVERTS
    assert model.as_written.results[0].tflite_ops["WHILE"] == 1


@of("python inside")
def test_refused_ops_point_to_lines_also_inside_loops(model: ModelRun) -> None:
    text = TEXTS["python inside"]
    assert results(model.as_written) == [("builtins", "refused", "not run"), ("select", "refused", "not run")]
    builtins, select = model.as_written.results[:2]
    refused = {one.type: (one.kind, one.frames[-1].line) for one in builtins.refused}
    assert refused["PyFunc"] == ("custom", line_of(text, "tf.numpy_function"))
    assert refused["StringToNumber"] == ("select", line_of(text, "tf.strings.to_number"))
    assert builtins.complete
    assert [one.type for one in select.refused] == ["PyFunc"]
    assert model.as_written.stopped_at == "convert"


@of("norms by hand")
def test_statistics_over_the_batch_of_inputs_alone_are_those_of_a_batch_norm(model: ModelRun) -> None:
    lines = {innermost(op) for op in model.as_written.ops if op.trains}
    assert lines == {line_of(TEXTS["norms by hand"], "over_the_batch")}


@of("random")
def test_an_answer_at_random_is_nondeterministic(model: ModelRun) -> None:
    assert results(model.as_written) == [("builtins", "converts", "nondeterministic")]
    assert model.as_written.stopped_at == "compare"


@of("seeded random")
def test_one_unit_of_seeded_dropout_is_nondeterministic_all_the_same(model: ModelRun) -> None:
    assert results(model.as_written) == [("builtins", "converts", "nondeterministic")]


@of("unconnected")
def test_an_input_that_reaches_no_output_gives_a_constant(model: ModelRun) -> None:
    assert not model.as_written.signatures[0].inputs[0].reaches_output
    assert results(model.as_written) == [("builtins", "converts", "constant")]


@of("fixed batch")
def test_a_batch_baked_in_fails_in_the_interpreter(model: ModelRun) -> None:
    assert results(model.as_written) == [("builtins", "converts", "fails")]
    assert "it runs at batch 4" in model.as_written.results[0].interpreter_words
    (node,) = model.as_written.results[0].interpreter_nodes
    assert node in {op.name for op in model.as_written.ops if op.type == "Reshape"}
    assert model.as_written.stopped_at == "invoke"


@of("recurrent")
def test_variables_in_loop_bodies_and_written_ones_stay_variables(model: ModelRun) -> None:
    builtins, select = results(model.as_written)
    assert builtins == ("builtins", "refused", "not run")
    assert select == ("select", "converts", "matches")
    assert {"ReadVariableOp", "AssignAddVariableOp"} <= {op.type for op in model.as_written.ops if op.live}


@of("canned")
def test_a_canned_estimator_is_exported_by_its_exporter(model: ModelRun) -> None:
    assert model.model_fn is None
    assert model.estimator is not None
    assert model.receiver is not None
    assert model.receiver.line == line_of(TEXTS["canned"], "build_parsing_serving_input_receiver_fn")
    keys = [signature.key for signature in model.as_written.signatures]
    assert keys == ["classification", "predict", "serving_default"]
    for key in keys:
        assert results(model.as_written, key) == [("builtins", "refused", "not run"), ("select", "converts", "matches")]


@of("metrics added")
def test_an_estimator_with_more_metrics_is_the_one_that_was_given(model: ModelRun) -> None:
    assert model.model_fn is None
    assert model.estimator is not None
    assert (model.estimator.line, model.estimator.function) == (
        line_of(TEXTS["metrics added"], "base ="),
        "DNNClassifierV2",
    )


@of("metrics added to its own")
def test_a_model_fn_with_more_metrics_is_the_one_that_was_given(model: ModelRun) -> None:
    assert model.model_fn is not None
    assert model.model_fn.function == "fn"
    assert results(model.as_written) == CONVERTS


def test_an_outcome_survives_json(outcomes: dict[str, Outcome]) -> None:
    for outcome in outcomes.values():
        assert outcome_from_json(to_json(outcome)) == outcome
