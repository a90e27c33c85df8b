"""Feature columns: which of them an exported model computes, and for which part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Span
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Arguments, Choice, Const, Instance, Mapping, Sequence, Value, constant

_COLUMN = re.compile(
    r"tensorflow\.(contrib\.)?(feature_column|estimator)\.(sequence_)?"
    r"(?P<kind>numeric_column|bucketized_column|embedding_column|shared_embeddings|shared_embedding_columns|indicator_column"
    r"|crossed_column|weighted_categorical_column|categorical_column_with_\w+)$"
)
_CANNED = re.compile(
    r"tensorflow\.(contrib\.)?estimator\.(experimental\.)?(?P<kind>DNNLinearCombined|DNN|Linear|RNN)(?P<end>\w+)$"
)
_DEEP_LAYERS = {
    "tensorflow.feature_column.input_layer": 1,
    "tensorflow.contrib.feature_column.sequence_input_layer": 1,
    "tensorflow.feature_column.sequence_input_layer": 1,
}
_LINEAR_LAYERS = {"tensorflow.feature_column.linear_model": 1}
_LAYER_OBJECTS = frozenset(
    f"tensorflow.keras.{name}.__call__" for name in ("layers.DenseFeatures", "experimental.SequenceFeatures")
)
CATEGORICAL = "categorical_column_with_"
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A feature column as it was made. `of`: the columns it is made from; `keys`: the features it reads itself."""

    kind: str
    span: Span
    name: str
    of: tuple[Column, ...]
    keys: tuple[str, ...]
    call: int
    arguments: Arguments

    def walk(self) -> Iterator[Column]:
        """The column and all it is made from."""
        yield self
        for source in self.of:
            yield from source.walk()

    @property
    def is_categorical(self) -> bool:
        return self.kind.startswith(CATEGORICAL) or self.kind in ("crossed_column", "weighted_categorical_column")


@dataclass(frozen=True, slots=True)
class Used:
    """A column that an exported model computes. `part`: "linear" (sparse sums) or "deep" (dense tensors);
    `by`: what was given it; `layer`: the call inside model_fn that computes it."""

    column: Column
    part: str
    by: str
    span: Span
    certainty: Certainty
    layer: ApiCall | None = None


def columns_in(value: Value | None, depth: int = DEEPEST) -> Iterator[Column]:
    """The columns that a list, a dict, or a single value holds."""
    match value:
        case Instance() if (column := _column(value, depth)) is not None:
            yield column
        case Sequence() if depth:
            for item in value.items:
                yield from columns_in(item, depth - 1)
        case Mapping() if depth:
            for item in value.entries.values():
                yield from columns_in(item, depth - 1)
        case _:
            return


def is_complete(value: Value | None) -> bool:
    """Whether every column given is known."""
    match value:
        case Instance():
            return _column(value, DEEPEST) is not None
        case Sequence():
            return value.complete and all(is_complete(item) for item in value.items)
        case Mapping():
            return value.complete and all(is_complete(item) for item in value.entries.values())
        case _:
            return False


def _column(value: Instance, depth: int) -> Column | None:
    match = _COLUMN.match(value.api)
    if match is None or value.span is None or not depth:
        return None
    first = value.arguments.get("key", 0)
    kind = match["kind"]
    sources, keys = [], []
    if kind == "crossed_column":
        first = value.arguments.get("keys", 0)
        items = first.items if isinstance(first, Sequence) else []
        keys = [item.value for item in items if isinstance(item, Const) and isinstance(item.value, str)]
        sources = list(columns_in(first, depth - 1))
    elif isinstance(constant(first), str):
        keys = [constant(first)]
    else:
        for name in ("categorical_column", "categorical_columns", "source_column"):
            first = value.arguments.get(name) or first
        sources = list(columns_in(first, depth - 1))
    if isinstance(weight := constant(value.arguments.get("weight_feature_key", 1)), str):
        keys = [*keys, weight]
    name = value.api.rpartition(".")[2]
    return Column(kind, value.span, name, tuple(sources), tuple(keys), value.call, value.arguments)


def used(model: Model) -> Iterator[Used]:
    """Every column that the exported model computes, once for each part."""
    seen: set[tuple[int, str]] = set()
    for one in (*_of_canned(model), *_of_layers(model)):
        if (one.column.call, one.part) not in seen:
            seen.add((one.column.call, one.part))
            yield one


def given_to_canned(call: ApiCall) -> Iterator[tuple[str, Value | None]]:
    """(part, columns) for each columns argument of a canned estimator's constructor."""
    match = _CANNED.match(call.name)
    if match is None:
        return
    shift = match["end"].endswith("Estimator")
    arguments = call.arguments
    match match["kind"]:
        case "DNNLinearCombined":
            yield "linear", arguments.get("linear_feature_columns", 1 + shift)
            yield "deep", arguments.get("dnn_feature_columns", 3 + shift)
        case "DNN":
            yield "deep", arguments.get("feature_columns", 1 + shift)
        case "Linear":
            yield "linear", arguments.get("feature_columns", 0 + shift)
        case _:
            yield "deep", arguments.get("sequence_feature_columns")
            yield "deep", arguments.get("context_feature_columns")


def _of_canned(model: Model) -> Iterator[Used]:
    call = model.estimator
    if call is None or model.model_fn is not None:
        return
    for part, given in given_to_canned(call):
        for option, certainty in _options(given, model.estimator_certainty):
            for column in columns_in(option):
                yield Used(column, part, call.name.rpartition(".")[2], call.span, certainty)


def _of_layers(model: Model) -> Iterator[Used]:
    for call in model.calls:
        if not model.is_exported(call):
            continue
        part = "linear" if call.name in _LINEAR_LAYERS else "deep"
        if call.name in _DEEP_LAYERS or call.name in _LINEAR_LAYERS:
            given = call.arguments.get("feature_columns", 1)
        elif call.name in _LAYER_OBJECTS and isinstance(call.owner, Instance):
            given = call.owner.arguments.get("feature_columns", 0)
        else:
            continue
        for option, certainty in _options(given, call.certainty):
            for column in columns_in(option):
                yield Used(column, part, call.spelled.removesuffix(".__call__"), call.span, certainty, call)


def _options(value: Value | None, certainty: Certainty) -> Iterator[tuple[Value | None, Certainty]]:
    if isinstance(value, Choice):
        yield from ((option, Certainty.MAYBE) for option in value.options)
    else:
        yield value, certainty
