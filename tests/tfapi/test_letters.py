"""How raw measurements become letters."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.measure_tfapi import default_dtype, key_of
from scripts.measure_tfapi_tables import letter, measured, op_rows

BUILT = {"ops": ["Erf"], "unrun": ""}
OK = {"status": "ok"}
REFUSED = {"status": "refused", "words": "", "refused": ["Erf"]}
DIED = {"died": "signal 6", "words": "Check failed"}


def answers(*kinds: str) -> dict[str, Any]:
    return {"answers": [[kind, ""] for kind in kinds]}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ({"builtins": OK, "run": answers("right", "right")}, "B"),
        ({"builtins": OK, "run": answers("random")}, "B"),
        ({"builtins": OK, "run": answers("right", "fails")}, "B"),
        ({"builtins": OK, "run": answers("fails", "right")}, "R"),
        ({"builtins": OK, "run": answers("wrong")}, "W"),
        ({"builtins": OK, "run": DIED}, "R"),
        ({"builtins": REFUSED, "select": OK}, "F"),
        ({"builtins": REFUSED, "select": OK, "run": answers("right")}, "F"),
        ({"builtins": REFUSED, "select": OK, "run": answers("fails")}, "R"),
        ({"builtins": DIED, "select": OK}, "F"),
        ({"builtins": REFUSED, "select": REFUSED}, "X"),
        ({"builtins": DIED, "select": DIED}, "X"),
        ({"builtins": {"died": "timeout", "words": ""}, "select": OK}, None),
    ],
)
def test_letter(steps: dict[str, Any], expected: str | None) -> None:
    assert letter({"built": BUILT, **steps}) == expected


def test_what_did_not_build_or_run_has_no_letter() -> None:
    assert letter({"built": {"error": "TypeError", "words": "no"}}) is None
    unrun = {"ops": ["CudnnRNN"], "unrun": "no kernel"}
    assert letter({"built": unrun, "builtins": OK, "run": answers()}) is None
    assert letter({"built": unrun, "builtins": REFUSED, "select": REFUSED}) == "X"


def row(target: str, batch: int | None, **steps: Any) -> dict[str, Any]:
    return {"target": target, "batch": batch, "built": BUILT, "dtype": "float32", "probe": "tf.erf(x)", **steps}


def test_a_cell_keeps_the_batch_of_none_and_notes_what_differs() -> None:
    cell = measured(
        [
            row("2.15", 2, builtins=OK, run=answers("right")),
            row("2.15", None, builtins=REFUSED, select=OK),
            row("1.15", None, builtins=OK, run=answers("right", "fails")),
        ]
    )
    assert cell is not None
    assert cell["outcomes"] == {"2.15": "F", "1.15": "B"}
    assert cell["static"] == {"2.15": "B"}
    assert cell["other_batch"] == {"1.15": "R"}
    assert cell["refused"] == {"2.15": ["Erf"]}


def test_an_op_alone_in_its_graph_speaks_for_itself() -> None:
    alone = row("2.15", None, builtins=REFUSED, select=OK)
    fused = {**row("2.15", None, builtins=OK, run=answers("right")), "built": {"ops": ["Erf", "Mul"], "unrun": ""}}
    ops = op_rows([fused, alone], ["Erf"])
    assert ops["Erf"]["flex"]
    assert ops["Erf"]["outcomes"] == {"2.15": "F"}
    assert ops["Mul"] == {"flex": False, "outcomes": {"2.15": "B"}, "probes": {"2.15": "tf.erf(x)"}}


@pytest.mark.parametrize(
    ("code", "key", "dtype"),
    [
        ("tf.log(x)", "tensorflow.math.log", "float32"),
        ("tf2.image.resize(img, [4, 4])", "tensorflow.image.resize", "float32"),
        ("tf.strings.lower(s)", "tensorflow.strings.lower", "string"),
        ("tf.one_hot(ids, 4)", "tensorflow.one_hot", "int32"),
    ],
)
def test_probes_name_themselves(code: str, key: str, dtype: str) -> None:
    assert key_of(code) == key
    assert default_dtype(code) == dtype
