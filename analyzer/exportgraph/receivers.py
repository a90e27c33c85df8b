"""Serving input receivers: which features they give, under which keys, from which tensors."""

from __future__ import annotations

from dataclasses import replace

from astroid import nodes

from analyzer.exportgraph.graph import Receiver
from analyzer.findings import Span
from analyzer.reading.controlflow import as_tensors
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.interpreter import Interpreter
from analyzer.reading.record import ApiCall, Scope
from analyzer.reading.shapes import from_value
from analyzer.reading.values import (
    NONE,
    Arguments,
    Choice,
    Const,
    Env,
    Function,
    Instance,
    Mapping,
    Partial,
    Sequence,
    Tensor,
    Unknown,
    Value,
)
from analyzer.reports import Place

BUILD_RAW = "tensorflow.estimator.export.build_raw_serving_input_receiver_fn"
BUILD_PARSING = "tensorflow.estimator.export.build_parsing_serving_input_receiver_fn"
SERVING = "tensorflow.estimator.export.ServingInputReceiver"
TENSOR = "tensorflow.estimator.export.TensorServingInputReceiver"


def place_of(value: Value | None) -> Place | None:
    """Where a function value was written."""
    match value:
        case Function(wraps=Function() as wrapped):
            return place_of(wrapped)
        case Function():
            return Place(value.module.path, value.span.line, value.name)
        case Partial():
            return place_of(value.target)
        case Choice(options=(first, *_)):
            return place_of(first)
        case _:
            return None


def evaluate(run: Interpreter, value: Value | None, export: ApiCall | None, env: Env) -> Receiver | None:
    """The receiver that a serving_input_receiver_fn makes; None where no such function was given."""
    if value is None:
        return None
    span = export.arguments.span("serving_input_receiver_fn", 1) if export else None
    if isinstance(value, Choice):
        value = value.options[0]
    if isinstance(value, Instance) and value.api in (BUILD_RAW, BUILD_PARSING):
        return _built(run, value)
    with run.within(Scope.RECEIVER):
        node = value.node if isinstance(value, Function) else env.module.tree
        made = run.call(value, Arguments(), node, env)
    place = place_of(value)
    if isinstance(made, Choice):
        made = next((option for option in made.options if isinstance(option, Instance)), made)
    certain = isinstance(made, (Sequence, Mapping, Const)) or (isinstance(made, Tensor) and made.dtype is not None)
    if certain and isinstance(value, Function):
        return Receiver("none", place, _last_return(value), Unknown(tag="features"), None, {}, returned=made)
    if isinstance(made, Instance) and made.api in (BUILD_RAW, BUILD_PARSING):
        return _built(run, made)
    if not isinstance(made, Instance) or made.api not in (SERVING, TENSOR):
        return Receiver("unknown", place, span, Unknown(tag="features"), None, {})
    return _receiver(run, made, place)


def _last_return(function: Function) -> Span:
    """Where a function returns, or its first line where it never does."""
    node = function.node
    returns = [one for one in node.nodes_of_class(nodes.Return) if one.scope() is node]
    place = function.module.span(returns[-1] if returns else node)
    return place if returns else replace(place, end_line=place.line)


def _built(run: Interpreter, value: Instance) -> Receiver:
    """A receiver that tf.estimator.export builds: fresh placeholders, or parsed tf.Examples."""
    raw = value.api == BUILD_RAW
    given = value.arguments.get("features" if raw else "feature_spec", 0)
    place = Place(value.span.path, value.span.line, value.api.rpartition(".")[2]) if value.span else None
    kind = "raw" if raw else "parsing"
    if not isinstance(given, Mapping):
        return Receiver(kind, place, value.span, Mapping({}, False, tag="features"), None, {}, given=given)
    entries: dict[object, Value] = {}
    for key, feature in given.entries.items():
        tensor = as_tensors(feature, NONE)
        dtype = tensor.dtype if isinstance(tensor, Tensor) else None
        shape = tensor.shape if isinstance(tensor, Tensor) else None
        if not raw and isinstance(feature, Instance):
            dtype, sizes = dtype_of(feature.arguments.get("dtype", 1)), from_value(feature.arguments.get("shape", 0))
            shape = None if sizes is None else (None, *sizes)
        entries[key] = Tensor(NONE, dtype, shape, placeholder=raw)
    features = Mapping(entries, given.complete, tag="features", spans=dict(given.spans))
    keys = tuple(str(key) for key in entries) if given.complete else None
    tensors = {str(key): tensor for key, tensor in entries.items()} if raw else {}
    known = raw and given.complete
    made_by = _makers(run, {str(key): feature for key, feature in given.entries.items()}) if raw else {}
    return Receiver(
        kind, place, value.span, features, keys, tensors, all_tensors=known, given=given, made_by=made_by
    )  # fmt: skip


def _makers(run: Interpreter, tensors: dict[str, Value]) -> dict[str, ApiCall]:
    """The one call that each tensor certainly came from."""
    made: dict[str, ApiCall] = {}
    for key, value in tensors.items():
        ids = {value.call} if isinstance(value, Instance) else value.deps if isinstance(value, Tensor) else NONE
        if len(ids) == 1 and (number := next(iter(ids))) >= 0:
            made[key] = run.record.calls[number]
    return made


def _receiver(run: Interpreter, made: Instance, place: Place | None) -> Receiver:
    tensors = made.arguments.get("receiver_tensors", 1)
    named = _named(tensors)
    return replace(
        _featured(made, place, made.arguments.get("features", 0)),
        tensors=named,
        made_by=_makers(run, named),
        call=next((call for call in run.record.calls if call.id == made.call), None),
        all_tensors=isinstance(tensors, Tensor) or (isinstance(tensors, Mapping) and tensors.complete),
        alternatives=made.arguments.get("receiver_tensors_alternatives", 2),
    )


def _featured(made: Instance, place: Place | None, features: Value | None) -> Receiver:
    """The receiver's side towards model_fn."""
    span: Span | None = made.span
    if made.api == TENSOR:
        return Receiver("tensor", place, span, features or Unknown(), None, {})
    match features:
        case Mapping():
            copy = Mapping(dict(features.entries), features.complete, features.deps, "features", dict(features.spans))
            keys = tuple(str(key) for key in features.entries) if features.complete else None
            return Receiver("serving", place, span, copy, keys, {})
        case Tensor():
            wrapped = Mapping({"feature": features}, tag="features")
            return Receiver("serving", place, span, wrapped, ("feature",), {}, wraps_bare_tensor=True)
        case _:
            deps = features.deps if features is not None else NONE
            return Receiver("serving", place, span, Unknown(deps, "features"), None, {})


def _named(tensors: Value | None) -> dict[str, Value]:
    """receiver_tensors by signature key; a bare tensor is called "input"."""
    match tensors:
        case Mapping():
            return {str(key): value for key, value in tensors.entries.items()}
        case Tensor():
            return {"input": tensors}
        case _:
            return {}
