"""Quantization as a script asks for it: refused, or not done without a word; also in a file without an Estimator."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters
from tests.rules.converting import converted, found, setting, told

INT8, DATASET, UNDONE, UNKNOWN, STATS, BARE = "TFL606", "TFL607", "TFL608", "TFL609", "TFL612", "TFL613"
OPTIMIZED = "converter.optimizations = [tf.lite.Optimize.DEFAULT]\n"
DATA = "converter.representative_dataset = samples\n"
OPS8 = "converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]\n"
V1 = "converter = tf1.lite.TFLiteConverter.from_saved_model(path)"
SAMPLES = "def samples():\n    for row in np.zeros([9, 4], np.float32):\n        yield {}"
GOOD = SAMPLES.format("[row[np.newaxis]]")
ALONE = "import numpy as np\nimport sys\nimport tensorflow as tf\ntf1 = tf.compat.v1\n"
LOAD_ALONE = "converter = tf.lite.TFLiteConverter.from_saved_model(sys.argv[1])\n"


@pytest.mark.parametrize(
    "lines",
    [
        OPTIMIZED,
        OPTIMIZED + DATA + OPS8,
        OPTIMIZED + DATA + OPS8 + "converter.inference_input_type = tf.int8",
        OPTIMIZED + DATA + "converter.inference_input_type = tf.uint8",
        OPTIMIZED + "converter.target_spec.supported_types = [tf.float16]",
        "converter.inference_input_type = tf.float32",
        "converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]",
        "converter.target_spec.supported_ops = chosen",
        OPS8 + "converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]",
        "if int8():\n    " + OPTIMIZED + "    " + OPS8 + "    " + DATA,
    ],
)
def test_integers_with_data(lines: str) -> None:
    assert told(converted(setting(lines), before=GOOD), INT8) == []


@pytest.mark.parametrize(
    "lines",
    [
        OPTIMIZED + OPS8,
        OPS8,
        OPTIMIZED + OPS8 + "converter.representative_dataset = None",
        OPTIMIZED + "converter.target_spec.supported_types = [tf.int8]",
        OPTIMIZED + "converter.inference_input_type = tf.int8",
        OPTIMIZED + "converter.inference_output_type = tf.uint8",
        DATA + "converter.inference_input_type = tf.int8",
        OPTIMIZED + "converter.target_spec = tf.lite.TargetSpec(supported_ops=[tf.lite.OpsSet.TFLITE_BUILTINS_INT8])",
    ],
)
def test_integers_without_data(lines: str) -> None:
    (one,) = found(converted(setting(lines), before=GOOD), INT8)
    assert letters(one) == "X X X"
    assert one.certainty is Certainty.CERTAIN


def test_data_or_integers_in_a_branch_may_be_missing() -> None:
    for lines in (OPS8 + "if data():\n    " + DATA, "if int8():\n    " + OPS8):
        (one,) = found(converted(setting(lines), before=GOOD), INT8)
        assert one.certainty is Certainty.MAYBE


def test_settings_are_followed_into_helpers_and_other_files() -> None:
    helper = f"def shrink(converter):\n    {OPS8}    return converter\n"
    assert len(told(converted(setting("shrink(converter)"), before=helper), INT8)) == 1
    assert len(told(ALONE + helper + LOAD_ALONE + "shrink(converter).convert()", INT8)) == 1
    uncalled = f"def convert(folder):\n    {LOAD_ALONE}    {OPS8}    return converter.convert()\n"
    assert len(told(ALONE + uncalled, INT8)) == 1


def test_file_that_only_converts_and_does_it_well() -> None:
    text = ALONE + GOOD + "\n" + LOAD_ALONE + OPTIMIZED + DATA + OPS8 + "converter.convert()"
    for code in (INT8, DATASET, UNDONE, UNKNOWN, STATS, BARE):
        assert told(text, code) == []


@pytest.mark.parametrize(
    "before",
    [
        GOOD,
        SAMPLES.format("{'x': row[np.newaxis]}").replace("{'x'", "{names()"),
        SAMPLES.format("next(rows)"),
        "def samples():\n    return [[np.zeros([1, 4], np.float32)] for _ in range(9)]",
        "samples = tf.lite.RepresentativeDataset(feeder)",
        "samples = make_samples",
        "samples = lambda: iter(rows)",
    ],
)
def test_usable_datasets(before: str) -> None:
    assert told(converted(setting(OPTIMIZED + DATA), before=before), DATASET) == []


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (SAMPLES.format("row"), "X X X"),
        (SAMPLES.format("[np.random.rand(1, 4)]"), "X X X"),
        (SAMPLES.format("{'x': row[np.newaxis]}"), "X B B"),
        ("samples = [[np.zeros([1, 4], np.float32)]]", "X X X"),
        ("samples = np.zeros([9, 4], np.float32)", "X X X"),
        (GOOD + "\nsamples = samples()", "X X X"),
    ],
)
def test_unusable_datasets(before: str, expected: str) -> None:
    (one,) = found(converted(setting(OPTIMIZED + DATA), before=before), DATASET)
    assert letters(one) == expected


def test_dataset_that_is_never_called_does_no_harm() -> None:
    assert told(converted(setting(DATA), before=SAMPLES.format("row")), DATASET) == []
    (one,) = found(converted(setting(DATA + OPS8), before=SAMPLES.format("row")), DATASET)
    assert letters(one) == "X B B"


def test_float64_is_right_where_the_input_is_not_known() -> None:
    text = ALONE + SAMPLES.format("[np.random.rand(1, 4)]") + "\n" + LOAD_ALONE + OPTIMIZED + DATA
    assert told(text + "converter.convert()", DATASET) == []


@pytest.mark.parametrize(
    "lines",
    [
        OPTIMIZED + DATA,
        "converter.optimizations = chosen\n" + DATA,
        "converter.representative_dataset = None",
        "converter.target_spec.supported_types = [tf.float32]",
        OPTIMIZED + "converter.target_spec.supported_types = [tf.float16]",
    ],
)
def test_quantization_that_is_done(lines: str) -> None:
    assert told(converted(setting(lines), before=GOOD), UNDONE) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (DATA, "W W W"),
        (DATA + OPS8, "B W W"),
        ("converter.target_spec.supported_types = [tf.float16]", "W W W"),
        ("converter.optimizations = []\n" + DATA, "W W W"),
    ],
)
def test_quantization_that_is_not_done(lines: str, expected: str) -> None:
    (one,) = found(converted(setting(lines), before=GOOD), UNDONE)
    assert letters(one) == expected


def test_tf1_has_another_name_for_optimizations() -> None:
    lines = "converter.post_training_quantize = True\n" + DATA
    assert told(converted(setting(lines, V1), before=GOOD), UNDONE) == []
    assert told(converted(setting(lines, V1), before=GOOD), UNKNOWN) == []


@pytest.mark.parametrize(
    "lines",
    [
        OPTIMIZED + "converter.allow_custom_ops = True",
        "converter.experimental_new_converter = True",
        "converter._experimental_lower_tensor_list_ops = False",
        "converter.post_training_quantize = False",
        "converter.inference_type = tf.float32",
        "converter.target_spec.supported_ops = []",
        "converter.dump_graphviz_dir = 'dots'",
    ],
)
def test_settings_that_are_known_or_change_nothing(lines: str) -> None:
    assert told(converted(setting(lines)), UNKNOWN) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("converter.post_training_quantize = True", "B W W"),
        ("converter.inference_type = tf.int8", "B W W"),
        ("converter.target_ops = [tf.lite.OpsSet.SELECT_TF_OPS]", "B W W"),
        ("converter.supported_ops = [tf.lite.OpsSet.SELECT_TF_OPS]", "W W W"),
        ("converter.optimisations = [tf.lite.Optimize.DEFAULT]", "W W W"),
    ],
)
def test_settings_that_the_converter_lacks(lines: str, expected: str) -> None:
    (one,) = found(converted(setting(lines)), UNKNOWN)
    assert letters(one) == expected


@pytest.mark.parametrize(
    ("lines", "load", "expected"),
    [
        ("converter.inference_type = tf.float32", V1, []),
        ("converter.inference_type = tf.uint8\nconverter.quantized_input_stats = {'x': (0., 1.)}", V1, []),
        ("converter.inference_type = tf.uint8", V1, ["X X X"]),
        ("converter.inference_type = tf1.lite.constants.INT8", V1, ["R X X"]),
    ],
)
def test_quantized_types_of_tf1(lines: str, load: str, expected: list[str]) -> None:
    assert [letters(one) for one in found(converted(setting(lines, load)), STATS)] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (OPTIMIZED, []),
        ("converter.optimizations = {tf.lite.Optimize.DEFAULT}", []),
        ("converter.optimizations = chosen", []),
        (OPTIMIZED + "converter.optimizations.append(tf.lite.Optimize.DEFAULT)", []),
        ("converter.optimizations = tf.lite.Optimize.DEFAULT", ["X X X"]),
        ("converter.target_spec.supported_ops = tf.lite.OpsSet.TFLITE_BUILTINS", ["X X X"]),
        ("converter.optimizations.append(tf.lite.Optimize.DEFAULT)", ["B X X"]),
    ],
)
def test_options_in_lists(lines: str, expected: list[str]) -> None:
    assert [letters(one) for one in found(converted(setting(lines)), BARE)] == expected
