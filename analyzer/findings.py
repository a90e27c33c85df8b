"""What tflint says of one place: a suspicion, and the finding made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from analyzer.expectations import Expectation


class Severity(Enum):
    """How loud a finding is, loudest first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    HINT = "hint"

    @property
    def rank(self) -> int:
        """0 for the loudest."""
        return list(Severity).index(self)


class Certainty(Enum):
    """Whether static analysis followed every step to the call, or had to assume one."""

    CERTAIN = "certain"
    MAYBE = "maybe"


class Verdict(Enum):
    """What the dry run made of a suspicion."""

    UNTESTED = "untested"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


class Target(Enum):
    """A converter version whose behaviour has been measured."""

    V1_15 = "1.15"
    V2_15 = "2.15"
    V2_21 = "2.21"

    @classmethod
    def nearest(cls, version: str) -> Target:
        """The measured version that speaks for TensorFlow `version` ("2.15.1")."""
        major, minor = (int(part) for part in version.split(".")[:2])
        if major < 2:
            return cls.V1_15
        return cls.V2_15 if minor < 18 else cls.V2_21


class Outcome(Enum):
    """What a converter version does with a model that has only this fault (the catalogue's letters)."""

    BUILTINS = "B"
    SELECT = "F"
    NEVER = "X"
    INTERPRETER_FAILS = "R"
    SILENTLY_WRONG = "W"
    EXPORT_FAILS = "E"
    NOT_RUNNABLE = "n/a"
    """Cannot exist there: its API is gone from that TensorFlow."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of source: 1-based lines, 1-based code-point columns, the end exclusive."""

    path: Path
    line: int
    column: int
    end_line: int
    end_column: int

    def covers_line(self, path: Path, line: int) -> bool:
        return self.path == path and self.line <= line <= self.end_line


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """The text of a span, replaced; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Patch:
    """Edits that mend one cause together.

    `safe`: wherever the finding is true they mend it and change nothing else that the program does. Others are applied
    only when asked for (`--unsafe-fixes`).
    """

    edits: tuple[Edit, ...]
    safe: bool


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a rule believes of one place, and what would prove it."""

    code: str
    name: str
    span: Span
    message: str
    certainty: Certainty
    expectation: Expectation
    outcomes: Mapping[Target, Outcome]
    fix: str = ""
    """What to do, in words."""
    related: tuple[Related, ...] = ()
    model: int | None = None
    """Index of the model it speaks of, None for every one."""
    patch: Patch | None = None
    """The same as edits, where tflint can make them."""
    ceiling: Severity = Severity.ERROR
    """The loudest it may ever be."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing a real TensorFlow did or said."""

    converter: str
    profile: str
    stage: str
    op: str
    words: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the conversion by one of several converters ("tensorflow 1.15.5") made of a finding."""

    converter: str
    verdict: Verdict
    severity: Severity
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One message to the user, with its verdict."""

    code: str
    name: str
    span: Span
    severity: Severity
    certainty: Certainty
    verdict: Verdict
    message: str
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    related: tuple[Related, ...] = ()
    fix: str = ""
    partial: bool = False
    patch: Patch | None = None
    rulings: tuple[Ruling, ...] = ()
    """By converter, where several ran and a conversion decides: `verdict` and `severity` are the worst that count."""
