"""Classification and regression outputs alone, over anything but one string."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import PARSING, RAW, canned, custom

CODE = "TFL208"
CLASSES = "predictions=y, export_outputs={'serving_default': export.ClassificationOutput(scores=y)}"
REGRESSION = "predictions=y, export_outputs={'serving_default': export.RegressionOutput(y)}"


@pytest.mark.parametrize(
    "text",
    [
        custom("predictions={'y': y}"),
        custom(CLASSES, receiver=PARSING),
        custom(CLASSES, receiver=RAW.replace("tf.float32, [None, 4]", "tf.string, [None]")),
        custom(CLASSES, receiver="return helpers.receiver()"),
        custom(CLASSES, receiver=RAW.replace("tf.float32, [None, 4]", "DTYPE, [None]")),
        custom(CLASSES.replace("}", ", 'predict': export.PredictOutput({'y': y})}")),
        custom("predictions=y, export_outputs={}"),
        canned("tf.estimator.DNNClassifier([4], [fc.numeric_column('x')])"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize("spec", [CLASSES, REGRESSION, CLASSES.replace("serving_default", "classes")])
def test_all_are_dropped(spec: str) -> None:
    text = custom(spec)
    (found,) = suspicions(text, CODE)
    assert letters(found) == "X X X"
    assert "EstimatorSpec" in text.splitlines()[found.span.line - 1]


def test_two_strings_are_too_many() -> None:
    receiver = """
        a, b = tf.placeholder(tf.string, [None]), tf.placeholder(tf.string, [None])
        x = tf.string_to_number(a + b)
        return export.ServingInputReceiver({"x": x}, {"a": a, "b": b})
    """
    assert len(lines(custom(CLASSES, receiver=receiver), CODE)) == 1
