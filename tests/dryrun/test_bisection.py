"""A converter that stops without a word of where: the operation is found by converting parts of the graph."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from analyzer.dryrun import bisection, client
from analyzer.dryrun.protocol import BuiltModel, ConversionResult, Frame, Op
from tests.dryrun.writing import PRELUDE, job, line_of, write

HERE = Frame("/p/model.py", 7, "fn")
ABORTED = ConversionResult("builtins", "s", "crashed", "Check failed: dims_.size() > i (0 vs. 0)")
GRAPH = BuiltModel(
    ops=(
        *(Op(f"op{number}", f"Kind{number}", (HERE,), True, "model") for number in range(40)),
        Op("unused", "Unused", (HERE,), False, "model"),
        Op("inside", "Inside", (HERE,), True, "model", within="body"),
    )
)


def stopping_at(name: str, asked: list[int], words: str = ABORTED.words) -> bisection.Convert:
    """A converter that aborts as soon as this operation is in the part that it is given."""

    def convert(kept: Sequence[str]) -> ConversionResult:
        asked.append(len(kept))
        assert "unused" not in kept
        assert "inside" not in kept
        return ConversionResult("builtins", "s", "crashed" if name in kept else "converts", words)

    return convert


@pytest.mark.parametrize("number", [0, 1, 17, 38, 39])
def test_the_first_operation_with_which_it_stops_is_found(number: int) -> None:
    asked: list[int] = []
    found = bisection.smallest(GRAPH, ABORTED, stopping_at(f"op{number}", asked), bisection.Budget())
    assert found is not None
    assert (found.type, found.node, found.kind, found.frames) == (f"Kind{number}", f"op{number}", "bisected", (HERE,))
    assert len(asked) <= 7


def test_numbers_and_names_of_the_part_make_no_difference() -> None:
    found = bisection.smallest(
        GRAPH, ABORTED, stopping_at("op9", [], "Check failed: dims_.size() > i (3 vs. 1)"), bisection.Budget()
    )
    assert found is not None
    assert found.node == "op9"


def test_a_part_that_fails_of_something_else_shows_nothing() -> None:
    asked: list[int] = []
    assert bisection.smallest(GRAPH, ABORTED, stopping_at("op9", asked, "out of memory"), bisection.Budget()) is None


def test_nothing_is_said_when_the_budget_is_spent() -> None:
    asked: list[int] = []
    assert bisection.smallest(GRAPH, ABORTED, stopping_at("op9", asked), bisection.Budget(conversions=3)) is None
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("outcome", "words", "opaque"),
    [
        ("crashed", "its process was ended by SIGABRT", True),
        ("refused", "ConverterError: Check failed: 1 == 2", True),
        ("refused", "ValueError: Only support at least one signature key.", False),
        ("refused", "ValueError: The name '' looks like an (invalid) Operation name, not a Tensor.", False),
        ("refused", "ValueError: None is only supported in the 1st dimension.", False),
        ("timeout", "it did not end within the time limit", False),
        ("converts", "", False),
    ],
)
def test_which_refusals_are_opaque(outcome: str, words: str, opaque: bool) -> None:
    assert bisection.is_opaque(ConversionResult("builtins", "s", outcome, words)) is opaque


TOCO_ABORTS = """\
def fn(features, labels, mode):
    hidden = v1.layers.dense(features["x"], 6, activation=tf.nn.relu)
    sines = v1.py_func(lambda rows: np.sin(rows), [hidden], tf.float32)
    sines.set_shape([None, 6])
    y = sines
    for _ in range(4):
        y = tf.nn.relu(v1.layers.dense(y, 6))
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    return finish(mode, tf.reduce_mean(y))


model = tf.estimator.Estimator(fn, "m")
model.train(rows(x=[3]))
model.export_saved_model("out", receiver(x=[3]))
"""


@pytest.mark.dryrun
def test_toco_s_abort_is_traced_to_the_user_s_line(
    tensorflow_1_15: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bisection, "MOST_SECONDS", 500.0)
    outcome = client.run(job(write(tmp_path, TOCO_ABORTS, PRELUDE)), tensorflow_1_15)
    (model,) = outcome.models
    refused = [result for result in model.as_written.results if result.outcome != "converts"]
    assert "Check failed: attr.value_case() == AttrValue::kType" in refused[0].words
    for result in refused:
        (op,) = result.refused
        assert (op.type, op.kind, op.frames[-1].line) == ("PyFunc", "bisected", line_of(TOCO_ABORTS, "sines = "))
