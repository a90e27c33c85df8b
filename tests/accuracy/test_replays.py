"""Recorded dry runs, joined with today's suspicions: what is said aloud is true, what was measured is agreed with."""

from __future__ import annotations

from functools import cache
from unittest.mock import patch

import pytest

from analyzer import discovery, engine
from analyzer.dryrun import plan
from analyzer.dryrun.protocol import AS_CALLED
from analyzer.findings import Finding, Target, Verdict
from analyzer.reports import Conversion, ModelReport, Report
from analyzer.settings import Settings
from tests.accuracy import replays
from tests.accuracy.expected import KNOWN_IN_DRY_RUN, KNOWN_LETTERS, unexpected
from tests.accuracy.labels import VERSIONS, Program, programs
from tests.accuracy.scoring import LOUD, Scores, covers, place, score

WORST_FIRST = ["E", "X", "R", "W", "F", "W*", "B"]


def named(program: Program) -> str:
    return program.name


BUILDERS = {Target.V1_15: "1.15.5", Target.V2_15: "2.15.1", Target.V2_21: "2.15.1"}
"""The TensorFlow whose export a converter is given, as it was measured."""


@cache
def recorded(target: Target) -> tuple[Program, ...]:
    """The programs of which a dry run with this converter is kept; what 2.15 cannot export gives 2.21 nothing to do."""
    among = [one for one in programs() if target is not Target.V2_21 or one.letter(target) != "n/a"]
    return tuple(one for one in among if replays.has(one, BUILDERS[target], VERSIONS[target]))


EVERY = [(program, target) for target in Target for program in recorded(target)]


def cased(case: object) -> str:
    return case.name if isinstance(case, Program) else str(getattr(case, "value", case))


@cache
def replayed(program: Program, target: Target) -> Report:
    """The report of a dry run, with the worker's recorded answers in place of the worker."""
    outcomes = replays.load(program, BUILDERS[target])
    files = discovery.find([program.path]).files
    with patch.object(plan, "run", lambda *_: outcomes):
        return engine.check(files, Settings(dry_run=True, counted=target, cache=False), lambda _: None)


def replayed_findings(program: Program, target: Target) -> tuple[Finding, ...]:
    return replayed(program, target).findings


@cache
def scores(target: Target) -> Scores:
    return score(target, replayed_findings, recorded(target))


def letter_of(results: list[Conversion]) -> str:
    by_profile = {result.profile: result for result in results}
    builtins, select = by_profile.get("builtins"), by_profile.get("select")
    ways = {"fails": "R", "differs": "W", "constant": "W", "nondeterministic": "W*"}
    if builtins is not None and builtins.outcome == "converts":
        return ways.get(builtins.interpreter, "B")
    if select is None or select.outcome != "converts":
        return "X"
    return {"R": "R", "W": "W"}.get(ways.get(select.interpreter, ""), "F")


def letter(models: tuple[ModelReport, ...], version: str) -> str:
    """The catalogue's letter for what a dry run reports of a converter: the worst over the named signatures."""
    model = models[0]
    own = [result for result in model.results if result.converter.endswith(version)]
    signatures = {result.signature for result in own if result.signature}
    if not signatures:
        return "E" if model.stopped_at in ("import", "export") else "X"
    every = [letter_of([result for result in own if result.signature == name]) for name in signatures]
    return min(every, key=WORST_FIRST.index)


@pytest.mark.parametrize(("program", "target"), EVERY, ids=cased)
def test_recording_is_of_the_program_as_it_stands(program: Program, target: Target) -> None:
    assert replays.is_current(program, BUILDERS[target]), "run scripts/record_truth.py --replays again"


def test_every_program_is_recorded_with_2_15() -> None:
    assert len(recorded(Target.V2_15)) == len(programs())


def agrees(program: Program, target: Target) -> bool:
    """Whether a dry run comes to the measured outcome."""
    models, measured = replayed(program, target).models, program.letter(target)
    # What TensorFlow computes too cannot differ from it: a comparison shows B where the model itself is wrong.
    allowed = {measured, *(["B"] if measured == "W*" else [])}
    return bool(models) and letter(models, VERSIONS[target]) in allowed


@pytest.mark.parametrize(("program", "target"), EVERY, ids=cased)
def test_dry_run_agrees_with_the_measured_outcome(program: Program, target: Target) -> None:
    runs = program.letter(target) != "n/a"
    assert not runs or agrees(program, target) or (program.name, target) in KNOWN_LETTERS


@pytest.mark.parametrize("program", [one for one in programs() if "own_call" in one.truth], ids=named)
def test_own_conversion_ends_as_the_measured_one(program: Program) -> None:
    """The dry run does the program's own conversion without weights, and it comes to the same."""
    models = replayed(program, Target.V2_15).models
    own = [result for model in models for result in model.results if result.profile == AS_CALLED]
    assert own, "the dry run did not see that the program converts"
    flex = any(op.support == "select" for result in own for op in result.ops)
    failed = any(result.interpreter == "fails" for result in own)
    refused = any(result.outcome != "converts" for result in own)
    assert ("X" if refused else "R" if failed else "F" if flex else "B") == program.truth["own_call"]["2.15.1"]


@pytest.mark.parametrize(("program", "target"), EVERY, ids=cased)
def test_nothing_false_is_confirmed(program: Program, target: Target) -> None:
    matter = [cause for cause in program.causes if cause.matters(target)]
    confirmed = [f for f in replayed(program, target).findings if f.verdict is Verdict.CONFIRMED and f.severity in LOUD]
    false = [finding for finding in confirmed if not any(covers(finding, cause.at) for cause in matter)]
    said = [f"{place(finding.span.path, finding.span.line, program)} {finding.message}" for finding in false]
    assert unexpected(said, KNOWN_IN_DRY_RUN) == []


@pytest.mark.parametrize("target", Target)
def test_loud_findings_are_causes(target: Target) -> None:
    false = [entry for rule in scores(target).rules.values() for entry in rule.false]
    assert unexpected(false, KNOWN_IN_DRY_RUN) == []


@pytest.mark.parametrize("target", Target)
def test_causes_are_found(target: Target) -> None:
    """With a real run behind it tflint finds also what no rule speaks of."""
    every = [*scores(target).rules.values(), *scores(target).without_rule.values()]
    missed = [entry for rule in every for entry in rule.missed]
    assert unexpected(missed, KNOWN_IN_DRY_RUN) == []


@pytest.mark.parametrize("target", Target)
def test_harmless_lines_draw_nothing(target: Target) -> None:
    assert scores(target).violations == []
