"""What a dry run shows of UPDATE_OPS, and of faults that converters answer in different ways."""

from __future__ import annotations

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
from analyzer.findings import AnyOf, InterpreterFails, Refused, Span, UpdateOpsNotRun, Verdict

PATH = Path("/nowhere/model.py")
HERE = Frame(str(PATH), 7, "model_fn")
SPAN = Span(PATH, 7, 5, 7, 20)
EITHER = AnyOf((Refused(frozenset({"Erf"}), (SPAN,)), InterpreterFails(frozenset({"fails"}))))
SIGNATURES = (SignatureDef("serving_default", (), ()),)


def tried(built: BuiltModel) -> Tried:
    run = ModelRun(None, None, None, None, "export call", built)
    return Tried(run, Outcome(tensorflow="2.15.1", models=(run,)))


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
        "builtins", "serving_default", outcome, refused=refused, complete=True, interpreter=interpreter
    )
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
