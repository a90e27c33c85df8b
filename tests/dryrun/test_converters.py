"""Real conversions of one export by several TensorFlows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analyzer.dryrun import client
from analyzer.dryrun.protocol import ConversionResult, Outcome
from tests.dryrun.writing import EXPORT, MODEL, job, write

pytestmark = pytest.mark.dryrun

ERF = MODEL.replace("grade = v1.layers", "grade = tf.math.erf(apples) if 0 else v1.layers").replace(
    '{"grade": grade}', '{"grade": tf.math.erf(grade)}'
)


def converted(outcome: Outcome, version: str) -> list[ConversionResult]:
    (model,) = outcome.models
    return [result for result in model.as_written.by(version).results if result.signature == "serving_default"]


@pytest.fixture(scope="module")
def upgrade(tensorflow_1_15: Path, tensorflow_2_21: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A model that 1.15.5 builds, converted by it and by two newer ones."""
    program = write(tmp_path_factory.mktemp("upgrade"), ERF + EXPORT)
    return client.run(job(program), tensorflow_1_15, converters=[Path(sys.executable), tensorflow_2_21])


def test_each_converter_converts_the_same_export(upgrade: Outcome) -> None:
    assert upgrade.tensorflow == "1.15.5"
    assert upgrade.versions == ("1.15.5", "2.15.1", "2.21.0")
    old, *newer = (converted(upgrade, version) for version in upgrade.versions)
    assert [(result.profile, result.outcome) for result in old] == [("builtins", "refused"), ("select", "converts")]
    for results in newer:
        assert [(result.profile, result.outcome) for result in results] == [
            ("builtins", "refused"),
            ("select", "converts"),
        ]
        assert [op.type for op in results[0].refused] == ["Erf"]
        assert [frame.line for frame in results[0].refused[0].frames[-1:]] != []


def test_what_a_converter_makes_is_run_by_its_own_interpreter(upgrade: Outcome) -> None:
    ways = {version: converted(upgrade, version)[-1].interpreter for version in upgrade.versions}
    assert ways == {"1.15.5": "not run", "2.15.1": "matches", "2.21.0": "not run"}


@pytest.fixture(scope="module")
def back(tensorflow_1_15: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A model that 2.15.1 builds, given to the converter of 1.15.5, which does not know how it writes variables."""
    program = write(tmp_path_factory.mktemp("back"), MODEL + EXPORT)
    return client.run(job(program), Path(sys.executable), converters=[tensorflow_1_15, Path("/no/such/python")])


def test_an_export_that_an_older_converter_cannot_load_is_not_the_model_s_fault(back: Outcome) -> None:
    (result,) = converted(back, "1.15.5")
    assert result.outcome == "unreadable"
    assert "not in Op<name=VarHandleOp" in result.words
    assert [one.outcome for one in converted(back, "2.15.1")] == ["converts"]
    assert back.models[0].as_written.stopped_at is None


def test_a_converter_that_cannot_be_run_is_said(back: Outcome) -> None:
    able, unable = back.converters
    assert able.tensorflow == "1.15.5"
    assert unable.tensorflow is None
    assert "/no/such/python cannot be run" in unable.message


def test_it_is_said_too_where_no_model_was_built(tmp_path: Path) -> None:
    program = write(tmp_path, "raise KeyError('season')\n")
    outcome = client.run(job(program), Path(sys.executable), converters=[Path("/no/such/python")])
    assert outcome.models == ()
    (unable,) = outcome.converters
    assert unable.tensorflow is None
    assert "/no/such/python cannot be run" in unable.message
