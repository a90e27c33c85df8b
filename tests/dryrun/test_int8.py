"""--profile int8: all of the model quantized with made-up data, judged by what quantization may lose."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.dryrun import client
from analyzer.dryrun.protocol import BuiltModel, Outcome
from analyzer.dryrun.worker.invoking import _difference, _largest
from tests.dryrun.writing import EXPORT, MODEL, job, write

EXPONENTIAL = MODEL.replace(
    'v1.layers.dense(features["apple"], 1)', 'tf.exp(8 * features["apple"]) / (1 + tf.exp(8 * features["apple"]))'
)
TEXTS = {"plain": MODEL + EXPORT, "exponential": EXPONENTIAL + EXPORT}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("int8")
    jobs = [replace(job(write(folder / name, text)), int8=True) for name, text in TEXTS.items()]
    return dict(zip(TEXTS, client.run_many(jobs, Path(sys.executable)), strict=True))


def built(outcome: Outcome) -> BuiltModel:
    return outcome.models[0].as_written


@pytest.mark.dryrun
def test_it_is_tried_besides_and_the_answers_are_near(outcomes: dict[str, Outcome]) -> None:
    model = built(outcomes["plain"])
    assert [(one.profile, one.outcome) for one in model.results] == [("builtins", "converts")] * 2
    (int8,) = model.int8
    assert (int8.profile, int8.signature, int8.outcome) == ("int8", "serving_default", "converts")
    assert (int8.interpreter, int8.quantized) == ("matches", True)
    assert int8.versions["FULLY_CONNECTED"] > model.results[0].versions["FULLY_CONNECTED"]
    assert model.stopped_at is None


@pytest.mark.dryrun
def test_what_quantization_spoils_differs_and_stops_nothing_else(outcomes: dict[str, Outcome]) -> None:
    model = built(outcomes["exponential"])
    assert {one.interpreter for one in model.results} == {"matches"}
    (int8,) = model.int8
    assert int8.interpreter == "differs"
    assert "the largest answer is" in int8.interpreter_words
    assert model.stopped_at is None


@pytest.mark.parametrize(
    ("dtype", "off", "quantized", "differs"),
    [
        ("float32", 5e-4, False, False),
        ("float32", 5e-3, False, True),
        ("float16", 5e-3, False, False),
        ("float16", 5e-2, False, True),
        ("int32", 1, False, True),
        ("float32", 0.05, True, False),
        ("float32", 0.2, True, True),
        ("int32", 1, True, True),
    ],
)
def test_how_far_answers_may_be_apart_depends_on_their_type(
    dtype: str, off: float, quantized: bool, differs: bool
) -> None:
    wanted = np.array([0, 1], dtype)
    runs = [{"batch": 1, "outputs": {"y": wanted}}]
    got = {"y": (wanted + np.array(off, dtype)).astype(dtype)}
    assert bool(_difference(runs[0], got, _largest(runs) if quantized else None)) is differs
