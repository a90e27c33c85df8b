"""What each converter version does with a minimal graph of an API: measured by `scripts/measure_tfapi.py`.

Keys are canonical names (`names.canonical`), operators (`operator.add`), and variants of either in brackets where an
argument decides: `operator.getitem[ellipsis]`, `tensorflow.image.resize[v2]`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from analyzer.findings import Outcome, Target


@dataclass(frozen=True, slots=True)
class Support:
    """One measured API. A target that is absent from a mapping was not measured."""

    outcomes: Mapping[Target, Outcome]
    """With a batch dimension of None, as an Estimator's receiver has it."""
    ops: frozenset[str]
    """Op types between the input and the output, in any measured TensorFlow."""
    refused: Mapping[Target, frozenset[str]]
    """Op types the builtins refused; under NEVER those that Select TensorFlow ops refused too, where it named any."""
    dtypes: Mapping[str, Mapping[Target, Outcome]]
    """The same by the dtype of the input."""
    static: Mapping[Target, Outcome] = field(default_factory=dict)
    """With a batch of 2 in the placeholder, where the outcome is another."""
    other_batch: Mapping[Target, Outcome] = field(default_factory=dict)
    """With a batch dimension of None, at batch 2, where that goes wrong although batch 1 does not."""
    notes: Mapping[Target, str] = field(default_factory=dict)
    """The converter's or the interpreter's own words, where it was not builtins."""
    probe: str = ""
    """The code that was measured."""


@cache
def _rows() -> Mapping[str, Any]:
    rows: dict[str, Any] = json.loads((Path(__file__).parent / "support.json").read_text(encoding="utf-8"))
    return rows


def _outcomes(letters: Mapping[str, str]) -> dict[Target, Outcome]:
    return {Target(target): Outcome(letter) for target, letter in letters.items()}


def _sets(refused: Mapping[str, list[str]]) -> dict[Target, frozenset[str]]:
    return {Target(target): frozenset(types) for target, types in refused.items()}


@cache
def support_of(canonical: str, dtype: str | None = None) -> Support | None:
    """What was measured of an API, for this input dtype where one is given; None where nothing was."""
    row = _rows().get(canonical)
    if row is None:
        return None
    dtypes: dict[str, Any] = row["dtypes"]
    chosen = dtypes.get(dtype or row["dtype"])
    if chosen is None:
        return None
    return Support(
        outcomes=_outcomes(chosen["outcomes"]),
        ops=frozenset(chosen["ops"]),
        refused=_sets(chosen.get("refused", {})),
        dtypes={name: _outcomes(measured["outcomes"]) for name, measured in dtypes.items()},
        static=_outcomes(chosen.get("static", {})),
        other_batch=_outcomes(chosen.get("other_batch", {})),
        notes={Target(target): words for target, words in chosen.get("words", {}).items()},
        probe=row["probe"],
    )


@cache
def measured_names() -> frozenset[str]:
    """Every key of the table."""
    return frozenset(_rows())
