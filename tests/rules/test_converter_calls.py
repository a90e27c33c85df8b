"""How a converter is made and what of the export it asks for."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters
from tests.rules.converting import PLAIN, converted, found, setting, told

SIGNATURE, TAGS, OTHER, CUSTOM, FOLDER, SELECT = "TFL602", "TFL603", "TFL604", "TFL605", "TFL610", "TFL611"
LOAD = "converter = tf.lite.TFLiteConverter.from_saved_model(path.decode(), {})"
V1 = "converter = tf1.lite.TFLiteConverter.from_saved_model(path.decode(), {})"
ERF = "y = tf.math.erf(tf1.layers.dense(features['x'], 2))"
OPS = "converter.target_spec.supported_ops = [{}]"
BUILTINS, FLEX = "tf.lite.OpsSet.TFLITE_BUILTINS", "tf.lite.OpsSet.SELECT_TF_OPS"


@pytest.mark.parametrize(
    "after",
    [
        PLAIN,
        LOAD.format("signature_keys=['serving_default']"),
        LOAD.format("['serving_default']"),
        LOAD.format("signature_keys=None"),
        LOAD.format("signature_keys=[some_key()]"),
        LOAD.format("signature_keys=[tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY]"),
        V1.format("signature_key='serving_default'"),
        V1.format("input_arrays=['x']"),
        V1.format("['x']"),
    ],
)
def test_signatures_that_are_there(after: str) -> None:
    assert told(converted(after), SIGNATURE) == []


@pytest.mark.parametrize(
    "after",
    [
        LOAD.format("signature_keys=['y']"),
        LOAD.format("['predict']"),
        V1.format("signature_key='y'"),
        LOAD.format("signature_keys='serving_default'"),
    ],
)
def test_signature_that_is_not_there(after: str) -> None:
    (one,) = found(converted(after), SIGNATURE)
    assert letters(one) == "X X X"
    assert one.patch is not None
    assert one.patch.safe


def test_string_of_keys_is_wrong_without_a_model_too() -> None:
    text = "import tensorflow as tf\nimport sys\n" + LOAD.format("signature_keys='scores'").replace(
        "path.decode()", "sys.argv[1]"
    )
    assert len(told(text, SIGNATURE)) == 1
    assert told(text.replace("'scores'", "['scores']"), SIGNATURE) == []


@pytest.mark.parametrize(
    ("export", "tags", "count"),
    [
        ("est.export_saved_model('export', serve)", "tags=['serve']", 0),
        ("est.export_saved_model('export', serve)", "tags={'serve'}", 0),
        ("est.export_saved_model('export', serve)", "tags=None", 0),
        ("est.export_saved_model('export', serve)", "tags=chosen", 0),
        ("est.export_saved_model('export', serve, experimental_mode='eval')", "tags=['eval']", 0),
        ("est.export_saved_model('export', serve, experimental_mode=tf.estimator.ModeKeys.TRAIN)", "tags=['train']", 0),
        ("est.experimental_export_all_saved_models('export', {'eval': serve, 'infer': serve})", "tags=['eval']", 0),
        ("est.export_saved_model('export', serve)", "tags=['train']", 1),
        ("est.export_saved_model('export', serve)", "tags=['serve', 'tpu']", 1),
        ("est.experimental_export_all_saved_models('export', {'infer': serve})", "tags=['eval']", 1),
    ],
)
def test_tags(export: str, tags: str, count: int) -> None:
    text = converted(LOAD.format(tags)).replace("est.export_saved_model('export', serve)", export)
    assert len(told(text, TAGS)) == count


@pytest.mark.parametrize(
    "after",
    [
        PLAIN,
        LOAD.format("signature_keys=['serving_default'], tags=['serve']"),
        V1.format("signature_key='serving_default', tag_set={'serve'}"),
        "tf1.lite.TFLiteConverter.from_session(session, [x], [y])",
        "tf1.lite.TFLiteConverter.from_frozen_graph('g.pb', ['x'], ['y'])",
        "tf.lite.TFLiteConverter.from_keras_model(model)",
        "tf.lite.TFLiteConverter.from_concrete_functions([f])",
    ],
)
def test_calls_that_the_class_has(after: str) -> None:
    assert told(converted(after), OTHER) == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (LOAD.format("signature_key='serving_default'"), "B X X"),
        (LOAD.format("tag_set={'serve'}"), "B X X"),
        ("tf.lite.TFLiteConverter.from_session(session, [x], [y])", "B X X"),
        ("tf.lite.TFLiteConverter.from_frozen_graph('g.pb', ['x'], ['y'])", "B X X"),
        (V1.format("signature_keys=['serving_default']"), "X X X"),
        (V1.format("tags=['serve']"), "X X X"),
    ],
)
def test_calls_of_the_other_class(after: str, expected: str) -> None:
    (one,) = found(converted(after), OTHER)
    assert letters(one) == expected


def test_arguments_chosen_by_version() -> None:
    chosen = "names = {'signature_key': 'a'} if old else {'signature_keys': ['a']}\n"
    assert told(converted(chosen + LOAD.format("**names")), OTHER) == []
    (one,) = found(converted(chosen.replace("_keys': ['a']", "_key': 'b'") + LOAD.format("**names, **more")), OTHER)
    assert one.certainty is Certainty.MAYBE


def test_program_of_tensorflow_1_may_call_tensorflow_1() -> None:
    text = converted(LOAD.format("signature_key='serving_default'")).replace("tf1.layers", "tf.layers")
    assert told(text, OTHER) == []


@pytest.mark.parametrize(
    "text",
    [
        converted(setting("converter.allow_custom_ops = True")),
        converted(setting("converter.allow_custom_ops = False"), body=ERF),
        converted(setting(""), body=ERF),
        converted(setting(f"converter.allow_custom_ops = True\n{OPS.format(f'{BUILTINS}, {FLEX}')}"), body=ERF),
        converted(setting("converter.allow_custom_ops = chosen()"), body=ERF),
    ],
)
def test_custom_ops_without_harm(text: str) -> None:
    assert told(text, CUSTOM) == []


def test_custom_op_that_nobody_registers() -> None:
    (one,) = found(converted(setting("converter.allow_custom_ops = True"), body=ERF), CUSTOM)
    assert letters(one) == "R R R"
    python = "y = tf1.layers.dense(tf1.py_func(np.sin, [features['x']], tf.float32), 2)"
    select = setting(f"converter.allow_custom_ops = True\n{OPS.format(f'{BUILTINS}, {FLEX}')}")
    (one,) = found(converted(select, body=python), CUSTOM)
    assert letters(one) == "B R R"


def test_set_in_a_branch_it_may_be_true() -> None:
    (one,) = found(converted(setting("if int8():\n    converter.allow_custom_ops = True"), body=ERF), CUSTOM)
    assert one.certainty is Certainty.MAYBE


@pytest.mark.parametrize(
    ("folder", "count"),
    [
        ("path", 0),
        ("path.decode()", 0),
        ("str(path, 'utf-8')", 0),
        ("'export/1700000000'", 0),
        ("'elsewhere'", 0),
        ("'export'", 1),
        ("'export/'", 1),
    ],
)
def test_folder_of_exports(folder: str, count: int) -> None:
    assert len(told(converted(f"tf.lite.TFLiteConverter.from_saved_model({folder}).convert()"), FOLDER)) == count


@pytest.mark.parametrize("ops", [BUILTINS, f"{BUILTINS}, {FLEX}", f"{FLEX}, {BUILTINS}", "*chosen"])
def test_select_ops_beside_builtins(ops: str) -> None:
    assert told(converted(setting(OPS.format(ops))), SELECT) == []


def test_select_ops_alone_are_joined_by_builtins() -> None:
    text = converted(setting(OPS.format(FLEX)))
    (one,) = found(text, SELECT)
    assert letters(one) == "F F F"
    assert one.patch is not None
    (edit,) = one.patch.edits
    line = text.splitlines()[edit.span.line - 1]
    mended = line[: edit.span.column - 1] + edit.text + line[edit.span.end_column - 1 :]
    assert mended == OPS.format(f"{BUILTINS}, {FLEX}")
