"""What a run of the abstract interpreter leaves behind: the library calls it met, in order, and how it met them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from analyzer.findings import Certainty, Span
from analyzer.reading.values import UNKNOWN, Arguments, Deps, Value

ONE_OF = "one of several"
"""The name of a step that is no call: a value came from one of what it depends on, and it is not known from which."""


class Scope(Enum):
    """The part of the program a call belongs to."""

    PROGRAM = "program"
    RECEIVER = "receiver"
    MODEL = "model"
    INPUT_PIPELINE = "input pipeline"
    TRAIN_ONLY = "train only"


class Building(Enum):
    """What a call is made in: the graph itself, a Keras layer that is called for it, or a tf.function of its own."""

    GRAPH = "graph"
    LAYER = "layer"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Step:
    """One call on the way to another: where a function was called, and its name."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of a library function.

    `inner` is the range of calls made by functions given to it; `scopes` the variable scopes around it ("?" where a
    name is not known); `chosen_at`: what told it its arguments from elsewhere, an arg_scope (`normalizer_fn=`)
    or Keras's `set_learning_phase`; `called_at`: where the Keras model is called whose layer this is;
    `keeps_intermediates`: a cond or loop of control flow v2 made here puts out what it computes on the way.
    """

    id: int
    name: str
    spelled: str
    span: Span
    arguments: Arguments
    deps: Deps
    certainty: Certainty
    scope: Scope
    trail: tuple[Step, ...] = ()
    inner: range = range(0)
    owner: Value | None = None
    result: Value = UNKNOWN
    scopes: tuple[str, ...] = ()
    graph: Span | None = None
    """The innermost `with` of a graph or a session around it: no call made there is eager."""
    chosen_at: Span | None = None
    called_at: Span | None = None
    keeps_intermediates: bool = False


def is_layer_call(name: str) -> bool:
    """Whether a layer of Keras is called: what it does may depend on `training`."""
    return name.startswith("tensorflow.keras.layers.") and name.endswith(".__call__")


@dataclass(frozen=True, slots=True)
class FeatureRead:
    """model_fn reads a key of `features`; `given` False where the receiver certainly does not give it."""

    key: str
    span: Span
    certainty: Certainty
    given: bool | None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TaggedUse:
    """A followed value ("features" as a whole, or "labels") is used where a tensor is needed."""

    tag: str
    how: str
    span: Span
    certainty: Certainty
    value: Value
    trail: tuple[Step, ...] = ()
    call: Span | None = None
    """The whole call, where `span` is one of its arguments."""

    @property
    def places(self) -> tuple[Span, ...]:
        return (self.span, self.call) if self.call is not None else (self.span,)


@dataclass(slots=True)
class Record:
    """Everything one run met."""

    calls: list[ApiCall] = field(default_factory=list)
    reads: list[FeatureRead] = field(default_factory=list)
    uses: list[TaggedUse] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    raised: dict[int, Span] = field(default_factory=dict)
    """by id of a function's node: the statement that certainly raised when it ran last"""

    def limit(self, sentence: str) -> None:
        if sentence not in self.limits:
            self.limits.append(sentence)

    @contextmanager
    def limited(self) -> Iterator[list[str]]:
        """The limits met inside, those that were met before among them."""
        before, self.limits = self.limits, []
        try:
            yield self.limits
        finally:
            self.limits = list(dict.fromkeys((*before, *self.limits)))
