"""What the run of a converted model shows that static analysis did not foresee, and on which line it stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.dryrun.evidence import Tried
from analyzer.dryrun.observed import of_conversions
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
    VariableMismatch,
)
from analyzer.expectations import InExportedSlice
from analyzer.findings import Certainty, Severity, Span, Suspicion, Target
from analyzer.findings import Outcome as Letter

PATH = Path("/nowhere/model.py")
MODEL_FN = Frame(str(PATH), 3, "model_fn")
OPS = (
    Op("reshape", "Reshape", (MODEL_FN, Frame(str(PATH), 9, "helper")), True, "model"),
    Op("concat", "ConcatV2", (Frame(str(PATH), 5, "model_fn"),), True, "model"),
    Op("of_tensorflow", "Pack", (), True, "model"),
)
WORDS = "Node number 2 (CONCATENATION) failed to prepare."


def tried(interpreter: str, nodes: tuple[str, ...] = ()) -> Tried:
    result = ConversionResult("builtins", "serving_default", "converts", interpreter=interpreter, converter="2.15.1")
    failed = replace(result, interpreter_words=WORDS, interpreter_nodes=nodes)
    built = BuiltModel(ops=OPS, signatures=(SignatureDef("serving_default", (), ()),), results=(failed,))
    run = ModelRun(MODEL_FN, None, None, None, "export call", built)
    return Tried(run, Outcome(tensorflow="2.15.1", models=(run,)), "2.15.1")


@pytest.mark.parametrize(
    ("nodes", "line"),
    [(("concat",), 5), (("reshape", "concat"), 9), (("of_tensorflow",), 3), (("unknown",), 3), ((), 3)],
)
def test_a_model_that_does_not_run_is_told_where_the_operator_was_made(nodes: tuple[str, ...], line: int) -> None:
    (found,) = of_conversions(tried("fails", nodes), [], [], "builtins")
    assert (found.code, found.span.line, found.severity) == ("TFL906", line, Severity.ERROR)
    assert WORDS in found.message


@pytest.mark.parametrize(("interpreter", "code"), [("differs", "TFL907"), ("constant", "TFL907")])
def test_wrong_answers_are_told_at_the_model(interpreter: str, code: str) -> None:
    (found,) = of_conversions(tried(interpreter), [], [], "builtins")
    assert (found.code, found.span.line) == (code, 3)


def test_a_model_that_runs_and_matches_is_nothing_to_tell() -> None:
    assert list(of_conversions(tried("matches"), [], [], "builtins")) == []


@pytest.mark.parametrize(("user", "count"), [("AssignAdd", 0), ("Mul", 1)])
def test_a_reference_variable_is_refused_for_what_changes_it(user: str, count: int) -> None:
    words = f"error: 'tf.VariableV2' op expects all users to be 'tf.Identity', but got user tf.{user}"
    refused = (RefusedOp("VariableV2", "seen", "other", (Frame(str(PATH), 5, "model_fn"),)),)
    result = ConversionResult("builtins", "serving_default", "refused", words, refused, converter="2.15.1")
    built = BuiltModel(ops=OPS, signatures=(SignatureDef("serving_default", (), ()),), results=(result,))
    run = ModelRun(MODEL_FN, None, None, None, "export call", built)
    here = Span(PATH, 9, 1, 9, 20)
    changed = Suspicion(
        "TFL504", "state-changed-in-exported-graph", here, "", Certainty.CERTAIN,
        InExportedSlice(frozenset({"AssignAdd"}), (here,)), dict.fromkeys(Target, Letter.NEVER),
    )  # fmt: skip
    found = list(of_conversions(Tried(run, Outcome(models=(run,)), "2.15.1"), [changed], [], "builtins"))
    assert [one.code for one in found] == ["TFL904"] * count


@pytest.mark.parametrize(("line", "kind", "count"), [(5, "other", 0), (6, "other", 1), (5, "select", 1)])
def test_what_does_not_fit_the_restored_variable_is_no_fault_of_its_own(line: int, kind: str, count: int) -> None:
    here = Frame(str(PATH), 5, "model_fn")
    train = TrainCheck(True, mismatches=(VariableMismatch("dense/bias", "shape", "[3]", "[1]", (here,), stops=False),))
    refused = (RefusedOp("BiasAdd", "dense/BiasAdd", kind, (Frame(str(PATH), line, "model_fn"),)),)
    result = ConversionResult("builtins", "serving_default", "refused", "words", refused, converter="2.15.1")
    built = BuiltModel(ops=OPS, signatures=(SignatureDef("serving_default", (), ()),), results=(result,), train=train)
    run = ModelRun(MODEL_FN, None, None, None, "export call", built)
    found = list(of_conversions(Tried(run, Outcome(models=(run,)), "2.15.1"), [], [], "builtins"))
    assert [one.code for one in found] == ["TFL904"] * count
