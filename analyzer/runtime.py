"""What a TensorFlow Lite runtime must bring to run a converted model: for builds that carry only chosen kernels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

FLEX = "Flex"
"""What the names of Select TF ops begin with in a flatbuffer."""


class Kind(Enum):
    """Who has an operator's kernel."""

    BUILTIN = "builtin"
    SELECT = "select"
    """TensorFlow itself, behind the Flex delegate."""
    CUSTOM = "custom"
    """The application: nobody else registers it."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of a flatbuffer, with the newest version of it that occurs."""

    name: str
    version: int
    count: int
    kind: Kind

    @property
    def spelled(self) -> str:
        """`FULLY_CONNECTED v4`; what has no versions by its name, of a Select TF op that of TensorFlow."""
        return f"{self.name} v{self.version}" if self.kind is Kind.BUILTIN else self.name.removeprefix(FLEX)


def delegates(operators: Iterable[Operator]) -> tuple[str, ...]:
    """The delegates without which no interpreter runs these."""
    return ("flex",) if any(one.kind is Kind.SELECT for one in operators) else ()


def union(each: Iterable[Iterable[Operator]]) -> tuple[Operator, ...]:
    """What a runtime needs that must run several flatbuffers."""
    found: dict[str, Operator] = {}
    for one in (one for operators in each for one in operators):
        known = found.get(one.name, one)
        found[one.name] = Operator(one.name, max(one.version, known.version), max(one.count, known.count), one.kind)
    return tuple(sorted(found.values(), key=lambda one: (list(Kind).index(one.kind), one.name)))
