"""What a dry run shows of signatures, of receiver tensors, and of the converter's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.dryrun import observed
from analyzer.dryrun.evidence import Tried, weigh
from analyzer.dryrun.protocol import BuiltModel, ConversionResult, Frame, ModelRun, Outcome, SignatureDef, Tensor
from analyzer.expectations import ConverterSays, FirstSignature, NoServingGraph, ReceiverTensorIsNoPlaceholder
from analyzer.findings import Verdict

HERE = Frame("/p/model.py", 7, "model_fn")
CONVERTS = ConversionResult("builtins", "items", "converts")
NOTHING = BuiltModel(stopped_at="export")


def signature(key: str, placeholder: bool = True) -> SignatureDef:
    return SignatureDef(key, (Tensor("x", "x:0", "float32", (None, 4), is_placeholder=placeholder),), ())


def tried(built: BuiltModel) -> Tried:
    run = ModelRun(None, None, None, None, "export call", built)
    return Tried(run, Outcome(tensorflow="2.15.1", models=(run,)), "2.15.1")


@pytest.mark.parametrize(
    ("keys", "verdict"),
    [
        (("serving_default",), Verdict.REFUTED),
        (("serving_default", "zoom"), Verdict.REFUTED),
        (("code", "serving_default"), Verdict.CONFIRMED),
        ((), Verdict.INCONCLUSIVE),
    ],
)
def test_first_signature(keys: tuple[str, ...], verdict: Verdict) -> None:
    built = BuiltModel(signatures=tuple(signature(key) for key in keys))
    assert weigh(FirstSignature("code"), tried(built)).verdict is verdict


def test_unnamed_conversion_that_differs_is_evidence() -> None:
    result = ConversionResult("builtins", None, "converts", interpreter="differs", interpreter_words="another shape")
    built = BuiltModel(signatures=(signature("code"), signature("serving_default")), results=(result,))
    evidence = weigh(FirstSignature("code"), tried(built)).evidence
    assert [one.stage for one in evidence] == ["export", "compare"]


@pytest.mark.parametrize(
    ("built", "verdict"),
    [
        (BuiltModel(signatures=(signature("serving_default"),)), Verdict.REFUTED),
        (BuiltModel(signatures=(signature("serving_default", placeholder=False),)), Verdict.CONFIRMED),
        (NOTHING, Verdict.INCONCLUSIVE),
    ],
)
def test_receiver_tensor(built: BuiltModel, verdict: Verdict) -> None:
    assert weigh(ReceiverTensorIsNoPlaceholder("x"), tried(built)).verdict is verdict


@pytest.mark.parametrize(
    ("built", "verdict"),
    [
        (BuiltModel(stopped_at="convert"), Verdict.CONFIRMED),
        (BuiltModel(signatures=(signature("serving_default"),)), Verdict.REFUTED),
        (
            BuiltModel(stopped_at="convert", results=(ConversionResult("builtins", None, "refused"),)),
            Verdict.INCONCLUSIVE,
        ),
        (NOTHING, Verdict.INCONCLUSIVE),
    ],
)
def test_no_serving_graph(built: BuiltModel, verdict: Verdict) -> None:
    assert weigh(NoServingGraph(), tried(built)).verdict is verdict


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ((ConversionResult("builtins", None, "converts"),), Verdict.REFUTED),
        ((ConversionResult("builtins", None, "refused", "needs Foo", complete=True),), Verdict.REFUTED),
        ((ConversionResult("builtins", None, "crashed", "Check failed"),), Verdict.INCONCLUSIVE),
        ((ConversionResult("builtins", None, "refused", "None is only supported here"),), Verdict.CONFIRMED),
        ((), Verdict.INCONCLUSIVE),
    ],
)
def test_words(results: tuple[ConversionResult, ...], verdict: Verdict) -> None:
    built = BuiltModel(signatures=(signature("serving_default"),), results=results)
    assert weigh(ConverterSays(("None is only supported",)), tried(built)).verdict is verdict


@pytest.mark.parametrize(("elsewhere", "told"), [(True, []), (False, ["TFL911"])])
def test_an_input_that_another_signature_uses_is_no_mistake(elsewhere: bool, told: list[str]) -> None:
    unread = Tensor("x", "x:0", "float32", (None, 4), reaches_output=False)
    other = Tensor("x", "x:0", "float32", (None, 4), reaches_output=elsewhere)
    built = BuiltModel(
        signatures=(SignatureDef("items", (unread,), ()), SignatureDef("users", (other,), ())), results=(CONVERTS,)
    )
    run = ModelRun(HERE, HERE, None, HERE, "export call", built)
    one = Tried(run, Outcome(tensorflow="2.15.1", models=(run,)), "2.15.1")
    assert [found.code for found in observed.of_export(one, []) if found.code == "TFL911"] == told


def test_inputs_that_reach_no_output_are_told_together() -> None:
    """A report has one finding of a rule at a place, so that of the second would be lost."""
    inputs = (*signature("serving_default").inputs, Tensor("y", "y:0", "float32", (None,)))
    dead = tuple(replace(tensor, reaches_output=False) for tensor in inputs)
    built = BuiltModel(signatures=(SignatureDef("serving_default", dead, ()),), results=(CONVERTS,))
    run = ModelRun(HERE, HERE, None, HERE, "export call", built)
    one = Tried(run, Outcome(tensorflow="2.15.1", models=(run,)), "2.15.1")
    (found,) = [found for found in observed.of_export(one, []) if found.code == "TFL911"]
    assert found.message.startswith("the inputs `x`, `y` of signature `serving_default` reach no output")
