"""The program's own conversions: each is done again as it was called, and the program lives on."""

from __future__ import annotations

import pytest

from analyzer.dryrun.protocol import ModelRun, Outcome, OwnConversion
from tests.dryrun.writing import EXPORT, MODEL, line_of, run_all

pytestmark = pytest.mark.dryrun

TRAINED = EXPORT.replace("grader.export", "path = grader.export")
LOAD = "converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())\n"
AFTER = "grader.export_saved_model('again', lambda: orchard())\n"
SAMPLES = """\
def samples():
    for _ in range(4):
        yield [np.ones([1, 3], np.float32)]


"""
OPTIMIZED = LOAD + "converter.optimizations = [tf.lite.Optimize.DEFAULT]\n"
TEXTS = {
    "plain": MODEL + TRAINED + LOAD + "size = len(converter.convert())\nassert size\n" + AFTER,
    "int8": MODEL
    + TRAINED
    + SAMPLES
    + OPTIMIZED
    + "converter.representative_dataset = samples\nconverter.inference_input_type = tf.int8\nconverter.convert()\n",
    "data that is not here": MODEL
    + TRAINED
    + "def samples():\n    yield [np.load('missing.npy')]\n\n\n"
    + OPTIMIZED
    + "converter.representative_dataset = samples\nconverter.convert()\n",
    "newest folder": MODEL
    + TRAINED
    + "import os\nnewest = os.path.join('out', max(os.listdir('out')))\n"
    + "tf.lite.TFLiteConverter.from_saved_model(newest).convert()\n",
    "session": MODEL
    + TRAINED
    + """\
with tf.Graph().as_default(), v1.Session() as session:
    graph = v1.saved_model.loader.load(session, ["serve"], path.decode())
    signature = graph.signature_def["serving_default"]
    tensors = [session.graph.get_tensor_by_name(side["apple" if i == 0 else "grade"].name)
               for i, side in enumerate((signature.inputs, signature.outputs))]
    v1.lite.TFLiteConverter.from_session(session, tensors[:1], tensors[1:]).convert()
""",
    "eager off": "v1.disable_eager_execution()\n" + MODEL + TRAINED + LOAD + "converter.convert()\n",
    "no such signature": MODEL
    + TRAINED
    + "tf.lite.TFLiteConverter.from_saved_model(path.decode(), signature_keys=['no']).convert()\n"
    + AFTER,
    "dies before it converts": MODEL + TRAINED + LOAD + "converter.optimizations.append(1)\n",
    "unknown setting": MODEL + TRAINED + LOAD + "converter.quantise = True\nconverter.convert()\n",
    "of something else": MODEL
    + TRAINED
    + """\
try:
    tf.lite.TFLiteConverter.from_saved_model("elsewhere")
except OSError as error:
    print(error)
""",
    "never made": MODEL + TRAINED,
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return run_all(tmp_path_factory.mktemp("own"), TEXTS)


def model(outcome: Outcome) -> ModelRun:
    assert outcome.stopped_at is None, outcome.message
    return outcome.models[0]


def only_call(outcome: Outcome) -> OwnConversion:
    (call,) = model(outcome).calls
    assert call.result is not None
    return call


@pytest.mark.parametrize("name", ["never made", "of something else"])
def test_nothing_is_taken_over(outcomes: dict[str, Outcome], name: str) -> None:
    assert model(outcomes[name]).calls == ()
    assert outcomes[name].message == ""


def test_converts_as_called_and_the_program_lives_on(outcomes: dict[str, Outcome]) -> None:
    call = only_call(outcomes["plain"])
    assert call.made is not None
    assert call.made.line == line_of(TEXTS["plain"], "from_saved_model")
    assert call.result is not None
    assert (call.result.profile, call.result.outcome, call.result.interpreter) == ("as called", "converts", "matches")
    assert not call.result.quantized
    assert len(outcomes["plain"].models) == 2


def test_quantizes_with_the_data_of_the_program(outcomes: dict[str, Outcome]) -> None:
    call = only_call(outcomes["int8"])
    assert call.limits == ()
    assert call.result is not None
    assert call.result.quantized
    assert call.result.outcome == "converts"


def test_data_that_cannot_be_had_is_made_up_and_told(outcomes: dict[str, Outcome]) -> None:
    call = only_call(outcomes["data that is not here"])
    assert call.result is not None
    assert call.result.quantized
    assert len(call.limits) == 1
    assert "missing.npy" in call.limits[0]


@pytest.mark.parametrize("name", ["newest folder", "session", "eager off"])
def test_other_ways_of_calling(outcomes: dict[str, Outcome], name: str) -> None:
    call = only_call(outcomes[name])
    assert call.result is not None
    assert call.result.outcome == "converts", call.result.words
    assert call.result.interpreter == "matches", call.result.interpreter_words


def test_eager_execution_that_is_off_is_told(outcomes: dict[str, Outcome]) -> None:
    assert only_call(outcomes["eager off"]).how.endswith(", inside a graph")
    assert only_call(outcomes["plain"]).how == "tf.lite.TFLiteConverter.from_saved_model"


def test_refusal_is_the_converters_own(outcomes: dict[str, Outcome]) -> None:
    call = only_call(outcomes["no such signature"])
    assert call.result is not None
    assert call.result.outcome == "refused"
    assert "Invalid signature key 'no' found" in call.result.words
    assert len(outcomes["no such signature"].models) == 2


def test_program_that_dies_before_it_converts(outcomes: dict[str, Outcome]) -> None:
    call = only_call(outcomes["dies before it converts"])
    assert call.result is not None
    assert "'set' object has no attribute 'append'" in call.result.words


def test_setting_that_the_converter_lacks(outcomes: dict[str, Outcome]) -> None:
    call = only_call(outcomes["unknown setting"])
    assert call.result is not None
    assert call.result.ignored == ("quantise",)
