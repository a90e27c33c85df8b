"""The frozen facts that rules see: what one export will hold, and where each part of it was written."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.exportgraph.conversions import Conversion
from analyzer.findings import Certainty, Span
from analyzer.reading.project import Module
from analyzer.reading.record import ApiCall, FeatureRead, Scope, TaggedUse
from analyzer.reading.values import UNKNOWN, Sequence, Value
from analyzer.reports import Place


@dataclass(frozen=True, slots=True)
class Receiver:
    """A serving input receiver. `keys` are the features it gives, None where they are not all known.

    `kind`: "serving" (ServingInputReceiver), "tensor" (TensorServingInputReceiver), "raw" and "parsing" (built by
    tf.estimator.export.build_*), "none" (the function returns something else: `returned`), or "unknown".
    `tensors` are the inputs of its signature, `all_tensors` whether they are all known; `made_by`: the call that
    certainly made each of them; `given`: what build_* was given.
    """

    kind: str
    place: Place | None
    span: Span | None
    features: Value
    keys: tuple[str, ...] | None
    tensors: dict[str, Value]
    wraps_bare_tensor: bool = False
    call: ApiCall | None = None
    all_tensors: bool = False
    alternatives: Value | None = None
    given: Value | None = None
    returned: Value | None = None
    made_by: Mapping[str, ApiCall] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The training input: what `input_fn` yields, and the calls that make it."""

    place: Place | None
    element: Value
    calls: tuple[ApiCall, ...]

    @property
    def features(self) -> Value:
        """The features part of an element."""
        match self.element:
            case Sequence(kind="tuple", items=items) if items:
                return items[0]
            case _:
                return self.element


@dataclass(frozen=True, slots=True)
class Training:
    """The same model_fn followed in TRAIN mode; `complete` False where that ended before its end."""

    calls: tuple[ApiCall, ...]
    train_op: Value
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Model:
    """One pair of model_fn and receiver, followed on the PREDICT path.

    `calls` are all library calls made for the export, `live` the ids of those that feed an output.
    """

    found_by: str
    estimator: ApiCall | None
    model_fn: Place | None
    model_fn_span: Span | None
    export: ApiCall | None
    receiver: Receiver | None
    pipelines: tuple[Pipeline, ...]
    calls: tuple[ApiCall, ...]
    live: frozenset[int]
    reads: tuple[FeatureRead, ...]
    uses: tuple[TaggedUse, ...]
    predictions: Value = UNKNOWN
    export_outputs: Value | None = None
    spec: ApiCall | None = None
    control_flow_v2: bool = True
    limits: tuple[str, ...] = ()
    returned: Value | None = None
    """What model_fn returns for PREDICT."""
    conversions: tuple[Conversion, ...] = ()
    """What the program itself converts of this export."""
    training: Training | None = None
    modules: Mapping[Path, Module] = field(default_factory=dict)
    """The files it was followed through."""

    @property
    def estimator_certainty(self) -> Certainty:
        """Whether this estimator is certainly exported: MAYBE where the program never does it."""
        known = self.estimator is not None and self.export is not None
        return self.estimator.certainty if known and self.estimator is not None else Certainty.MAYBE

    def exported(self, names: Container[str]) -> Iterator[ApiCall]:
        """The calls of these APIs that end up in the exported graph."""
        for call in self.calls:
            if call.name in names and self.is_exported(call):
                yield call

    def is_exported(self, call: ApiCall) -> bool:
        return call.id in self.live and call.scope in (Scope.RECEIVER, Scope.MODEL)

    def ancestors(self, call: ApiCall) -> Iterator[ApiCall]:
        """The exported calls that a call depends on."""
        by_id = {other.id: other for other in self.calls}
        pending, seen = list(call.deps), set(call.deps)
        while pending:
            other = by_id.get(pending.pop())
            if other is not None:
                yield other
                pending += other.deps - seen
                seen |= other.deps


@dataclass(frozen=True, slots=True)
class ExportGraph:
    """Everything one program exports, as far as it can be told without running it."""

    path: Path
    models: tuple[Model, ...]
    calls: tuple[ApiCall, ...]
    limits: tuple[str, ...] = ()
    unfollowed: tuple[int, ...] = ()
    """Lines of the export calls of a program in which no model was found."""
    conversions: tuple[Conversion, ...] = ()
    """The conversions of what no model of the program exports."""
