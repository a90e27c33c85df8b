"""The answer to one invocation: the findings, and what is known of each model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.findings import Finding

if TYPE_CHECKING:
    from analyzer.exported import ExportedGraph
    from analyzer.runtime import Operator


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
