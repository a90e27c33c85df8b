"""Outputs that are inputs: 1.15's affair."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import PARSING, custom

CODE = "TFL217"
PASSED = "predictions={'y': y, 'x': features['x']}"
EVAL = f"tf.estimator.EstimatorSpec(mode, loss=y, {PASSED})"


@pytest.mark.parametrize(
    "text",
    [
        custom("predictions={'y': y}"),
        custom("predictions={'y': y, 'twice': features['x'] * 2.0}"),
        custom("predictions={'y': y, 'x': features['x']}", receiver=PARSING),
        custom("predictions={'y': y, 'x': tf.identity(y)}"),
        custom("predictions={'y': y, 'x': tf.cast(features['x'], tf.int32)}"),
        custom(f"{PASSED}, export_outputs={{'serving_default': export.PredictOutput({{'y': y}})}}"),
        custom("predictions={'y': y}", body=f"if mode == 'eval':\n    return {EVAL}"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("predictions={'y': y, 'key': features['x']}", "X B B"),
        ("predictions={'y': y, 'key': tf.identity(features['x'])}", "R B B"),
        ("predictions=features['x']", "X B B"),
        ("predictions=y, export_outputs={'serving_default': export.PredictOutput({'key': features['x']})}", "X B B"),
    ],
)
def test_passed_through(spec: str, expected: str) -> None:
    (found,) = suspicions(custom(spec), CODE)
    assert letters(found) == expected


def test_what_build_raw_received() -> None:
    export = "est.export_saved_model('o', export.build_raw_serving_input_receiver_fn({'x': tf.zeros([1, 4])}))"
    assert len(lines(custom("predictions={'y': y, 'key': features['x']}", export=export), CODE)) == 1
