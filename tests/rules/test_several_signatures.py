"""Several signatures: silent where a conversion without signature_keys gives the same answer, or where it names one."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import PARSING, RAW, canned, custom

CODE = "TFL206"
OUTPUTS = "{'serving_default': export.PredictOutput({'y': y}), 'embedding': export.PredictOutput({'h': h})}"
TWO = f"predictions=y, export_outputs={OUTPUTS}"
HIDDEN = "h = tf.nn.relu(y)"
NUMERIC = "[fc.numeric_column('x')]"
CONVERT = "tf.lite.TFLiteConverter.from_saved_model('out', {}).convert()"


@pytest.mark.parametrize(
    "text",
    [
        custom("predictions={'y': y}"),
        custom("predictions={'y': y}, export_outputs=None"),
        custom("predictions={'y': y}, export_outputs={'serving_default': export.PredictOutput({'y': y})}"),
        custom("predictions=y, export_outputs={'a_single_one': export.PredictOutput({'y': y})}"),
        custom(TWO.replace("embedding", "zoom"), body=HIDDEN),
        custom(TWO.replace("{'h': h}", "{'again': y}"), body=HIDDEN),
        custom(TWO, body=HIDDEN, after=CONVERT.format("signature_keys=['serving_default']")),
        custom(TWO, body=HIDDEN, after=CONVERT.format("signature_key='serving_default'")),
        custom(TWO, body=HIDDEN, after=CONVERT.format("['serving_default']")),
        custom(TWO.replace("'embedding'", "some_name()"), body=HIDDEN),
        canned(f"tf.estimator.DNNRegressor([4], {NUMERIC})", receiver=PARSING),
        canned(f"tf.estimator.DNNClassifier([4], {NUMERIC})", receiver=PARSING),
        custom("predictions={'y': y}", receiver=RAW.replace('{"x": x})', '{"x": x}, None)')),
        custom("predictions={'y': y}", receiver=RAW.replace('{"x": x})', '{"x": x}, {"t_later": x})')),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


def test_only_the_branch_of_predict_counts() -> None:
    evaluating = f"if mode == 'eval':\n    return tf.estimator.EstimatorSpec(mode, {TWO.replace('h}', 'y}')})"
    assert lines(custom("predictions={'y': y}", body=evaluating), CODE) == []


@pytest.mark.parametrize("key", ["'serving_default'", "tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY"])
def test_first_is_another(key: str) -> None:
    text = custom(TWO.replace("'serving_default'", key), body=HIDDEN)
    (found,) = suspicions(text, CODE)
    assert letters(found) == "W W W"
    assert "'embedding'" in found.message
    assert text.splitlines()[found.span.line - 1][found.span.column - 1 :].startswith("{")


def test_dict_in_a_variable_is_the_place() -> None:
    made = "outputs = {'serving_default': export.PredictOutput({'y': y})}"
    more = "outputs['embedding'] = export.PredictOutput({'h': h})"
    text = custom("predictions=y, export_outputs=outputs", body=f"{HIDDEN}\n{made}\n{more}")
    (line,) = lines(text, CODE)
    assert line.startswith("outputs = {")


def test_conversion_without_a_signature() -> None:
    text = custom(TWO, body=HIDDEN, after="converter = tf.lite.TFLiteConverter.from_saved_model('out')")
    assert len(lines(text, CODE)) == 1


def test_alternatives_come_before_the_default() -> None:
    receiver = """
        blob = tf.placeholder(tf.string, [None])
        parsed = tf.io.parse_example(blob, {"x": tf.FixedLenFeature([4], tf.float32)})
        return export.ServingInputReceiver(
            parsed, {"examples": blob},
            receiver_tensors_alternatives={"raw": parsed})
    """
    text = custom("predictions={'y': y}", receiver=receiver)
    (line,) = lines(text, CODE)
    assert line.startswith("receiver_tensors_alternatives")
