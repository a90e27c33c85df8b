"""What a dry run must show for a suspicion to be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.findings import Span


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
