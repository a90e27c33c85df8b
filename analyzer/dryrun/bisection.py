"""The operation at which a converter stops without naming one, found by converting ever smaller parts of the graph."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from analyzer.dryrun.protocol import BuiltModel, ConversionResult, Op, RefusedOp
from analyzer.dryrun.words import first_line

MOST_CONVERSIONS = 14
MOST_SECONDS = 90.0
OF_THE_CONVERTER = ("ConverterError", "Check failed", "failed to convert")
"""What a refusal says that comes from within the converter; others are of what it was asked, and of no operation."""
A_NUMBER = re.compile(r"\d+")
A_NAME = re.compile(r"'[^']*'|\"[^\"]*\"|\[[^\]]*\]")

Convert = Callable[[Sequence[str]], ConversionResult]
"""Converts the part of the graph that these operations make up."""


@dataclass(slots=True)
class Budget:
    """What one model may spend on conversions of its parts."""

    conversions: int = MOST_CONVERSIONS
    until: float = field(default_factory=lambda: time.monotonic() + MOST_SECONDS)

    def take(self) -> bool:
        """Spend one conversion; whether there was one left."""
        self.conversions -= 1
        return self.conversions >= 0 and time.monotonic() < self.until


def is_opaque(result: ConversionResult) -> bool:
    """Whether a converter stopped at the graph and did not say at which of its operations."""
    if result.refused or result.outcome not in ("refused", "crashed"):
        return False
    return result.outcome == "crashed" or any(words in result.words for words in OF_THE_CONVERTER)


def smallest(built: BuiltModel, result: ConversionResult, convert: Convert, budget: Budget) -> RefusedOp | None:
    """The first operation with which the converter stops as it did, None where the budget does not suffice to tell.

    Operations stand in the order in which they were made, so that each part holds what it needs.
    """
    ops = [op for op in built.ops if op.live and not op.within]
    names = [op.name for op in ops]
    said = gist(result.words)

    def stops(count: int) -> bool | None:
        if not budget.take():
            return None
        part = convert(names[:count])
        return part.outcome in ("refused", "crashed") and gist(part.words) == said

    passes, fails = 0, len(ops)
    while fails - passes > 1:
        middle = (passes + fails) // 2
        answer = stops(middle)
        if answer is None:
            return None
        passes, fails = (passes, middle) if answer else (middle, fails)
    return _found(ops[fails - 1]) if ops and _holds(fails, len(ops), stops) else None


def _holds(fails: int, every: int, stops: Callable[[int], bool | None]) -> bool:
    """The whole was seen to stop, any other count was asked; of the whole it is asked again, cut as parts are."""
    return fails < every or bool(stops(every))


def _found(op: Op) -> RefusedOp:
    return RefusedOp(op.type, op.name, "bisected", op.frames)


def gist(words: str) -> str:
    """Words of a refusal without the names and numbers of the part that was converted."""
    return A_NUMBER.sub("#", A_NAME.sub("*", first_line(words)))
