"""Which of the models that were found a dry run is of, where several share one export."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.dryrun.protocol import BuiltModel, Frame, ModelRun, Outcome, SignatureDef, Tensor
from analyzer.dryrun.verdicts import judge
from analyzer.expectations import ReceiverTensorIsNoPlaceholder
from analyzer.findings import Certainty, Span, Suspicion, Target, Verdict
from analyzer.findings import Outcome as Letter
from analyzer.followed import Followed, FollowedModel
from analyzer.settings import Settings

PATH = Path("/nowhere/program.py")
BUILT = BuiltModel(
    signatures=(SignatureDef("predict", (Tensor("x", "div:0", "float32", (None, 4), is_placeholder=False),), ()),)
)


def span(line: int) -> Span:
    return Span(PATH, line, 1, line, 9)


def model(line: int, model_fn: Span | None = None) -> FollowedModel:
    """A model whose estimator is made at this line; it suspects its receiver there, and the dry run confirms that."""
    suspicion = Suspicion(
        "TFL210", "receiver-tensor-is-no-placeholder", span(line), "", Certainty.CERTAIN,
        ReceiverTensorIsNoPlaceholder("x"), dict.fromkeys(Target, Letter.SILENTLY_WRONG),
    )  # fmt: skip
    return FollowedModel("export call", None, model_fn, span(line), span(30), None, (), (suspicion,))


def confirmed(models: list[FollowedModel], *runs: tuple[int, Frame | None]) -> list[int]:
    """The lines of the estimators whose suspicion is confirmed by runs of estimators made at these lines."""
    made = tuple(
        ModelRun(
            model_fn, Frame(str(PATH), line, "Estimator"), None, Frame(str(PATH), 30, "main"), "export call", BUILT
        )
        for line, model_fn in runs
    )
    followed = Followed(PATH, (), tuple(models), (), (), span(1), frozenset(), None, {})
    judged = judge(followed, Outcome(tensorflow="2.15.1", models=made), Settings(), frozenset())
    return [finding.span.line for finding in judged.findings if finding.verdict is Verdict.CONFIRMED]


@pytest.mark.parametrize("line", [5, 7, 9])
def test_the_estimator_that_was_made_is_the_one_that_ran(line: int) -> None:
    assert confirmed([model(5), model(7), model(9)], (line, None)) == [line]


def test_an_estimator_that_was_not_made_has_no_run() -> None:
    assert confirmed([model(5), model(7)], (20, None)) == []


def test_each_run_is_of_one_model() -> None:
    assert confirmed([model(5), model(7)], (7, None), (5, None)) == [5, 7]


def test_a_model_fn_of_the_program_is_known_by_its_lines() -> None:
    fn = Frame(str(PATH), 12, "model_fn")
    assert confirmed([model(5), model(7, Span(PATH, 12, 1, 16, 1))], (20, fn)) == [7]
