"""Op types: which of them Select TensorFlow ops admits, and what each converter does with one by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from analyzer.findings import Outcome, Target

RANDOM = frozenset(
    "RandomUniform RandomStandardNormal TruncatedNormal RandomUniformInt RandomShuffle RandomGamma Multinomial "
    "RandomPoissonV2 ParameterizedTruncatedNormal StatelessRandomUniform StatelessRandomUniformV2 "
    "StatelessRandomNormal StatelessRandomNormalV2 StatelessTruncatedNormal StatelessRandomGetKeyCounter".split()
)
"""Op types that draw random numbers."""
FOLDED = frozenset("Const Identity NoOp StopGradient Placeholder PlaceholderWithDefault VarHandleOp".split())
"""Op types of which nothing is left in a flatbuffer."""


@cache
def _rows() -> Mapping[str, Any]:
    """`{op type: {"flex": admitted, "outcomes": {"2.15": letter, ...}, ...}}`."""
    rows: dict[str, Any] = json.loads((Path(__file__).parent / "ops.json").read_text(encoding="utf-8"))
    return rows


def in_flex_allowlist(op_type: str) -> bool:
    """Whether Select TensorFlow ops admits this op type (the same list in TensorFlow 2.15 and 2.21)."""
    return bool(_rows().get(op_type, {}).get("flex", False))


def op_outcome(op_type: str, target: Target) -> Outcome | None:
    """What this converter does with a graph whose only problem can be this op; None where it was not measured."""
    letter = _rows().get(op_type, {}).get("outcomes", {}).get(target.value)
    return None if letter is None else Outcome(letter)
