"""export_outputs that the EstimatorSpec, or the output itself, refuses."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import custom

CODE = "TFL211"
EVAL = "tf.estimator.EstimatorSpec(mode, loss=y, export_outputs={'a': y})"


def outputs(given: str, body: str = "") -> str:
    return custom(f"predictions={{'y': y}}, export_outputs={given}", body=body)


@pytest.mark.parametrize(
    "text",
    [
        custom("predictions={'y': y}"),
        outputs("None"),
        outputs("{'serving_default': export.PredictOutput({'y': y})}"),
        outputs("{'any': export.PredictOutput(y)}"),
        outputs("{'a': export.PredictOutput(y), tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: output(y)}"),
        outputs("{'a': export.PredictOutput(y), 'b': export.PredictOutput(y), NAME: export.PredictOutput(y)}"),
        outputs("{'a': export.PredictOutput(y), **others()}"),
        outputs("make_outputs(y)"),
        outputs("{'serving_default': make_output(y)}"),
        outputs("{'serving_default': export.ClassificationOutput(scores=y, classes=tf.as_string(y))}"),
        outputs("{'serving_default': export.ClassificationOutput(y, helper(y))}"),
        outputs("{'serving_default': export.RegressionOutput(value=y)}"),
        custom("predictions={'y': y}", body=f"if mode == 'eval':\n    return {EVAL}"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{'serving_default': {'y': y}}", "no ExportOutput"),
        ("{'serving_default': y}", "no ExportOutput"),
        ("{'serving_default': export.PredictOutput(y), 'more': [y]}", "'more'"),
        ("[export.PredictOutput(y)]", "must be a dict"),
        ("export.PredictOutput(y)", "must be a dict"),
        ("{'a': export.PredictOutput(y), 'b': export.PredictOutput(y)}", "'serving_default'"),
        ("{'serving_default': export.ClassificationOutput(y, tf.argmax(y, 1))}", "int64"),
        ("{'serving_default': export.ClassificationOutput()}", "neither"),
        ("{'serving_default': export.RegressionOutput(tf.argmax(y, 1))}", "int64"),
        ("{'serving_default': export.PredictOutput({'y': 3})}", "must be a tensor"),
    ],
)
def test_refused(given: str, words: str) -> None:
    (found,) = suspicions(outputs(given), CODE)
    assert letters(found) == "E E n/a"
    assert words in found.message


def test_place_is_where_the_dict_was_written() -> None:
    text = outputs("made", body="made = {\n    'serving_default': {'y': y}}")
    assert lines(text, CODE) == ["made = {"]
