"""The graph that was exported, op by op, for reports that draw it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from analyzer.findings import Span


class Support(Enum):
    """What the conversion made of an op."""

    BUILTIN = "builtin"
    SELECT = "select"
    """Only the Select TF ops have it."""
    REFUSED = "refused"
    """No op set of TensorFlow Lite has it."""
    FOLDED = "folded"
    """Nothing is left of it in the flatbuffer."""
    UNKNOWN = "unknown"
    """The converter did not get as far as judging it."""
    DEAD = "dead"
    """It feeds no exported output, and is not exported."""


@dataclass(frozen=True, slots=True)
class GraphOp:
    """An op: the user's lines that made it, outermost first, and what it reads beside it.

    `within`: the function (a loop's body, a branch) it lies in, "" at top level; `calls`: the functions it runs.
    """

    name: str
    type: str
    support: Support
    lines: tuple[Span, ...] = ()
    reads: tuple[str, ...] = ()
    within: str = ""
    calls: tuple[str, ...] = ()
    makes: str = ""


@dataclass(frozen=True, slots=True)
class ExportedGraph:
    """The ops of one build, and which of them the signatures name, by name of op."""

    ops: tuple[GraphOp, ...]
    inputs: tuple[tuple[str, str], ...]
    """Name of the op and key in the signature."""
    outputs: tuple[tuple[str, str], ...]
    mended: bool = False
    """It is the graph that was built with causes mended, not the program's own."""
