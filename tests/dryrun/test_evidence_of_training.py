"""What a dry run shows of UPDATE_OPS, and of faults that converters answer in different ways."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.dryrun.evidence import Tried, weigh
from analyzer.dryrun.protocol import (
    BuiltModel,
    ConversionResult,
    Frame,
    ModelRun,
    Op,
    Outcome,
    RefusedOp,
    SignatureDef,
    TrainCheck,
)
from analyzer.dryrun.verdicts import judge
from analyzer.expectations import AnyOf, Expectation, InterpreterFails, Refused, UpdateOpsNotRun
from analyzer.findings import Certainty, Severity, Span, Suspicion, Verdict
from analyzer.followed import Followed, FollowedModel
from analyzer.reports import Place
from analyzer.rules.rule import by_version
from analyzer.settings import Settings

PATH = Path("/nowhere/model.py")
HERE = Frame(str(PATH), 7, "model_fn")
SPAN = Span(PATH, 7, 5, 7, 20)
EITHER = AnyOf((Refused(frozenset({"Erf"}), (SPAN,)), InterpreterFails(frozenset({"fails"}))))
SIGNATURES = (SignatureDef("serving_default", (), ()),)


def tried(built: BuiltModel) -> Tried:
    run = ModelRun(None, None, None, None, "export call", built)
    return Tried(run, Outcome(tensorflow="2.15.1", models=(run,)), "2.15.1")


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        (TrainCheck(True, update_ops_run=False), Verdict.CONFIRMED),
        (TrainCheck(True, update_ops_run=True), Verdict.REFUTED),
        (TrainCheck(True, update_ops_run=None), Verdict.REFUTED),
        (TrainCheck(False, "input_fn could not be called"), Verdict.INCONCLUSIVE),
        (None, Verdict.INCONCLUSIVE),
    ],
)
def test_update_ops(check: TrainCheck | None, verdict: Verdict) -> None:
    assert weigh(UpdateOpsNotRun(), tried(BuiltModel(signatures=SIGNATURES, train=check))).verdict is verdict


def built(outcome: str, interpreter: str, refused: tuple[RefusedOp, ...] = ()) -> BuiltModel:
    result = ConversionResult(
        "builtins", "serving_default", outcome,
        refused=refused, complete=True, interpreter=interpreter, converter="2.15.1",
    )  # fmt: skip
    return BuiltModel(ops=(Op("erf", "Erf", (HERE,), True, "model"),), signatures=SIGNATURES, results=(result,))


@pytest.mark.parametrize(
    ("model", "verdict"),
    [
        (built("refused", "not run", (RefusedOp("Erf", "erf", "select", (HERE,)),)), Verdict.CONFIRMED),
        (built("converts", "fails"), Verdict.CONFIRMED),
        (built("converts", "matches"), Verdict.REFUTED),
        (built("converts", "not run"), Verdict.INCONCLUSIVE),
        (BuiltModel(stopped_at="export"), Verdict.INCONCLUSIVE),
    ],
)
def test_one_way_or_the_other(model: BuiltModel, verdict: Verdict) -> None:
    assert weigh(EITHER, tried(model)).verdict is verdict


@pytest.mark.parametrize(
    ("nodes", "verdict"),
    [
        (("erf",), Verdict.CONFIRMED),
        (("elsewhere", "erf"), Verdict.CONFIRMED),
        (("elsewhere",), Verdict.INCONCLUSIVE),
        (("made_by_the_converter",), Verdict.CONFIRMED),
        ((), Verdict.CONFIRMED),
    ],
)
def test_the_interpreter_fails_at_an_operator(nodes: tuple[str, ...], verdict: Verdict) -> None:
    model = built("converts", "fails")
    other = Op("elsewhere", "StridedSlice", (replace(HERE, line=3),), True, "model")
    failed = replace(model.results[0], interpreter_nodes=nodes)
    weighed = weigh(
        InterpreterFails(frozenset({"fails"}), (SPAN,)),
        tried(replace(model, ops=(*model.ops, other), results=(failed,))),
    )
    assert weighed.verdict is verdict


def test_the_first_signature_run_in_place_of_another_says_nothing_of_the_ops() -> None:
    named = built("converts", "matches").results[0]
    model = BuiltModel(signatures=SIGNATURES, results=(named, replace(named, signature=None, interpreter="differs")))
    assert weigh(InterpreterFails(frozenset({"differs"})), tried(model)).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("expectation", "on_2", "verdict", "severity"),
    [
        (InterpreterFails(frozenset({"fails"})), "B", Verdict.INCONCLUSIVE, Severity.INFO),
        (InterpreterFails(frozenset({"fails"})), "R", Verdict.CONFIRMED, Severity.ERROR),
        (EITHER, "B", Verdict.REFUTED, Severity.HINT),
        (EITHER, "F", Verdict.CONFIRMED, Severity.ERROR),
    ],
)
def test_a_model_that_fails_where_the_fault_is_none_fails_of_another(
    expectation: Expectation, on_2: str, verdict: Verdict, severity: Severity
) -> None:
    suspicion = Suspicion("TFL404", "a", SPAN, "", Certainty.CERTAIN, expectation, by_version("R", on_2, on_2))
    place = Place(PATH, 7, "model_fn")
    told = FollowedModel("entry point", place, SPAN, None, None, None, (), (suspicion,))
    run = ModelRun(HERE, None, None, None, "export call", built("converts", "fails"))
    followed = Followed(PATH, (), (told,), (), (), SPAN, frozenset(), None, {})
    judged = judge(followed, Outcome(tensorflow="2.15.1", models=(run,)), Settings(), frozenset())
    (found,) = [finding for finding in judged.findings if finding.code == "TFL404"]
    assert (found.verdict, found.severity) == (verdict, severity)
