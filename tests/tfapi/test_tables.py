"""The measured tables: their shape, and the truths of the catalogue that they must hold."""

from __future__ import annotations

import pytest

from analyzer.findings import Outcome, Target
from analyzer.tfapi.names import canonical
from analyzer.tfapi.ops import in_flex_allowlist, op_outcome
from analyzer.tfapi.support import measured_names, support_of


def letters(name: str, dtype: str | None = None) -> str:
    """The outcomes of an API in the order of the targets, "-" where there is none."""
    support = support_of(name, dtype)
    assert support is not None, f"{name} {dtype} was not measured"
    return " ".join(outcome.value if (outcome := support.outcomes.get(target)) else "-" for target in Target)


@pytest.mark.parametrize(
    ("name", "dtype", "outcomes"),
    [
        ("tensorflow.linalg.svd", None, "X X X"),
        ("tensorflow.searchsorted", None, "X X X"),
        ("tensorflow.image.crop_and_resize", None, "F F F"),
        ("tensorflow.math.cumprod", None, "X F F"),
        ("tensorflow.math.cumsum", None, "X B B"),
        ("tensorflow.math.erf", None, "F F F"),
        ("tensorflow.math.erfc", None, "X X X"),
        ("tensorflow.strings.to_hash_bucket_fast", None, "X F F"),
        ("tensorflow.io.decode_csv", None, "X X X"),
        ("tensorflow.nn.softmax", None, "B B B"),
        ("tensorflow.nn.softsign", None, "F F B"),
        ("tensorflow.py_func", None, "X X X"),
        ("tensorflow.image.resize[v2]", None, "W B B"),
        ("tensorflow.linalg.einsum[sum both]", None, "B X X"),
        ("operator.add", None, "B B B"),
        ("operator.floordiv", "int64", "R F F"),
        ("operator.matmul", "float64", "X F F"),
        ("operator.mul", "int64", "R B B"),
        ("operator.getitem", None, "B B B"),
        ("operator.getitem[ellipsis]", None, "R B B"),
        ("operator.getitem[newaxis,slice]", None, "X B B"),
    ],
)
def test_catalogue(name: str, dtype: str | None, outcomes: str) -> None:
    assert letters(name, dtype) == outcomes


def test_other_batches_are_told_apart() -> None:
    """TensorFlow Lite 1.15 freezes the batch that `tf.shape` gives to 1."""
    support = support_of("tensorflow.reshape[shape of tensor]")
    assert support is not None
    assert support.outcomes[Target.V1_15] is Outcome.BUILTINS
    assert support.other_batch == {Target.V1_15: Outcome.INTERPRETER_FAILS}


def test_what_was_not_measured_says_nothing() -> None:
    assert support_of("tensorflow.no_such_function") is None
    assert support_of("tensorflow.linalg.svd", "string") is None
    assert op_outcome("NoSuchOp", Target.V2_15) is None


def test_refusals_name_ops_of_the_graph() -> None:
    support = support_of("tensorflow.linalg.svd")
    assert support is not None
    assert support.ops == {"Svd"}
    assert support.refused[Target.V2_15] == {"Svd"}
    assert support.dtypes["float64"][Target.V2_21] is Outcome.NEVER


@pytest.mark.parametrize("op_type", ["Erf", "Cumprod", "DecodeJpeg", "ParseExampleV2", "Switch", "TensorArrayV3"])
def test_flex_admits(op_type: str) -> None:
    assert in_flex_allowlist(op_type)


@pytest.mark.parametrize(
    "op_type", ["PyFunc", "EagerPyFunc", "IteratorGetNext", "DecodeCSV", "Svd", "LowerBound", "No"]
)
def test_flex_does_not_admit(op_type: str) -> None:
    assert not in_flex_allowlist(op_type)


def test_ops_agree_with_the_allow_list() -> None:
    assert op_outcome("Svd", Target.V2_15) is Outcome.NEVER
    assert op_outcome("Erf", Target.V2_15) is Outcome.SELECT
    assert op_outcome("AddV2", Target.V2_15) is Outcome.BUILTINS


def test_keys_are_canonical() -> None:
    """A rule looks up what `canonical` returned: another spelling would never be found."""
    names = {name.partition("[")[0] for name in measured_names()}
    assert {name for name in names if not name.startswith("operator.") and canonical(name) != name} == set()


def test_every_row_can_be_read() -> None:
    for name in measured_names():
        support = support_of(name)
        assert support is not None, name
        assert support.outcomes, name
        assert support.probe, name
