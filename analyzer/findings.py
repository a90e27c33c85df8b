"""What tflint says: suspicions, what would prove them, and the findings and reports made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.exported import ExportedGraph
    from analyzer.runtime import Operator


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
class Refused:
    """The converter refuses one of these op types, made on one of these lines (anywhere, without lines)."""

    op_types: frozenset[str]
    at: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Raises:
    """The export dies with one of these exceptions while a frame stands on one of these lines."""

    exceptions: frozenset[str]
    at: tuple[Span, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class InExportedSlice:
    """One of these op types, made on one of these lines, feeds an exported output."""

    op_types: frozenset[str]
    at: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchNormTrains:
    """A batch normalization made on these lines normalizes with the statistics of the batch."""

    at: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class NotExported:
    """No op of the exported graph was made on these lines."""

    at: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class VariablesDiffer:
    """The variables that TRAIN makes are not those that PREDICT would restore, in this respect."""

    respects: frozenset[str]
    """Of "name", "shape", "dtype", "place"."""


@dataclass(frozen=True, slots=True)
class InputUnused:
    """A receiver tensor of this signature key reaches no output."""

    key: str


@dataclass(frozen=True, slots=True)
class InterpreterFails:
    """The flatbuffer converts, but allocating, invoking or comparing goes wrong in one of these ways."""

    ways: frozenset[str]
    """Of "fails", "differs", "constant", "nondeterministic"."""
    at: tuple[Span, ...] = ()
    """Where the operator is made at which it fails, where that matters."""


@dataclass(frozen=True, slots=True)
class FirstSignature:
    """Of several signatures the alphabetically first is this one, and not serving_default."""

    key: str


@dataclass(frozen=True, slots=True)
class ReceiverTensorIsNoPlaceholder:
    """The signature input of this key is the output of an op: what lies before it is cut off."""

    key: str


@dataclass(frozen=True, slots=True)
class ConverterSays:
    """A conversion is refused with one of these phrases."""

    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AsCalled:
    """The program's own conversion on these lines, done as the program does it, ends in one of these ways.

    `says`: words of the refusal, or of the interpreter that cannot run what comes out. `shows`: "float" where nothing
    in the flatbuffer is quantized, "flex" where it holds Select TF ops. `ignores`: an attribute that the converter does
    not have.
    """

    at: tuple[Span, ...]
    says: tuple[str, ...] = ()
    shows: str = ""
    ignores: str = ""


@dataclass(frozen=True, slots=True)
class UpdateOpsNotRun:
    """The training graph has UPDATE_OPS, and its train_op runs without them."""


@dataclass(frozen=True, slots=True)
class NoServingGraph:
    """The export ends well and holds no graph for PREDICT."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several things, where converter versions differ in how they fail."""

    of: tuple[Refused | InterpreterFails | InExportedSlice | ConverterSays | AsCalled, ...]


Expectation = (
    Refused
    | Raises
    | InExportedSlice
    | BatchNormTrains
    | NotExported
    | VariablesDiffer
    | InputUnused
    | InterpreterFails
    | FirstSignature
    | ReceiverTensorIsNoPlaceholder
    | ConverterSays
    | NoServingGraph
    | UpdateOpsNotRun
    | AsCalled
    | AnyOf
)
"""What a dry run must show for a suspicion to be true."""


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


@dataclass(frozen=True, slots=True)
class Failure:
    """Something tflint could not do, in one sentence."""

    path: Path | None
    message: str


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """A tensor of a signature; `shape` has None for unknown dimensions and is None for unknown rank."""

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True, slots=True)
class Signature:
    """A SignatureDef of the export."""

    name: str
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


@dataclass(frozen=True, slots=True)
class OpCount:
    """How often an op type occurs in the exported slice, and what the conversion made of it."""

    type: str
    count: int
    support: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """One conversion of one signature (None: none was named) under one profile."""

    converter: str
    profile: str
    signature: str | None
    outcome: str
    interpreter: str
    ops: tuple[OpCount, ...]
    size_bytes: int | None
    seconds: float
    words: str = ""
    operators: tuple[Operator, ...] = ()
    """What the flatbuffer is made of."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What one converter made of a model: a row of the table of verdicts.

    `stopped_at`: the stage it did not pass: "read" (it cannot load the SavedModel that another TensorFlow wrote),
    "convert", "invoke" or "compare". `profile`: the smallest with which every named signature converts, None where none
    does. `interpreter`: the worst that its interpreter made of that. `words`: what was said where it stopped.
    """

    converter: str
    stopped_at: str | None
    profile: str | None
    interpreter: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mended:
    """The run that went on with known causes mended in memory."""

    mends: tuple[str, ...]
    stopped_at: str | None
    results: tuple[Conversion, ...]
    converted: tuple[Converted, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A definition: where it is and what it is called."""

    path: Path
    line: int
    name: str


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What is known of one pair of model_fn and receiver."""

    model_fn: Place | None
    receiver: Place | None
    found_by: str
    built_with: str | None = None
    presented_as_v1: bool = False
    stopped_at: str | None = None
    signatures: tuple[Signature, ...] = ()
    results: tuple[Conversion, ...] = ()
    mended: Mended | None = None
    seconds: float | None = None
    limits: tuple[str, ...] = ()
    entry: str = ""
    """What pyproject.toml can say to have a model built that was not: TOML, `...` where only its author knows."""
    converted: tuple[Converted, ...] = ()
    """One for each converter that ran, the TensorFlow that built the model first."""
    saved_model: Path | None = None
    """The folder of a model that was exported before."""
    graph: ExportedGraph | None = None
    """For a report that draws it."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the code cells of a notebook begin in its joined source: the cell's number in the notebook, counted from 1
    over cells of every kind, and its first line there, in ascending order."""

    starts: tuple[tuple[int, int], ...]

    def locate(self, line: int) -> tuple[int, int]:
        """The cell of a joined line, and the line in it; both 1-based."""
        number, first = max((start for start in self.starts if start[1] <= line), default=self.starts[0])
        return number, max(line - first + 1, 1)

    def joined(self, cell: int, line: int) -> int:
        """The line of the joined source that a cell's line is, both 1-based; 1 for a cell without code."""
        return next((first + line - 1 for number, first in self.starts if number == cell), 1)


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to one invocation."""

    findings: tuple[Finding, ...] = ()
    models: tuple[ModelReport, ...] = ()
    errors: tuple[Failure, ...] = ()
    files: int = 0
    not_enforced: tuple[str, ...] = ()
    """Limits that the dry runs of this report could not keep a program within."""
    conversions: int = 0
    """Calls of TFLiteConverter whose model is in none of these files."""
    silenced: tuple[Finding, ...] = ()
    """What comments in the sources silence."""
    known: tuple[Finding, ...] = ()
    """What a baseline hides, or was written into one."""
    gone: int = 0
    """Entries of the baseline that no longer occur."""
    kept: tuple[Path, ...] = ()
    """The flatbuffers that were kept."""
    notes: tuple[str, ...] = ()
    """What the user should know besides: nothing failed, but something was not as it could be."""
    sources: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    """The lines of each file that findings point into; of a notebook those of its code cells, joined."""
    notebooks: Mapping[Path, Cells] = field(default_factory=dict)
    """The cells of each notebook that was read."""
    checked: tuple[Path, ...] = ()
    """The files that could be read, whether or not anything was found in them."""
    fixed: tuple[Finding, ...] = ()
    """What was mended, in the order in which it was; it is no longer among `findings`."""
