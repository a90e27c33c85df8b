"""Follows model_fn a second time, in TRAIN mode: what it trains is what the export will find in the checkpoint."""

from __future__ import annotations

from dataclasses import replace

from analyzer.exportgraph.calling import call_model_fn
from analyzer.exportgraph.entrypoints import EntryPoint
from analyzer.exportgraph.graph import Model, Training
from analyzer.reading.interpreter import Interpreter
from analyzer.reading.record import Scope
from analyzer.reading.values import (
    UNKNOWN,
    Choice,
    Env,
    Instance,
    Mapping,
    Sequence,
    Tensor,
    Unknown,
    UserObject,
    Value,
)

MOST_STEPS = 200_000


def with_training(run: Interpreter, entry: EntryPoint, model: Model, env: Env) -> Model:
    """The model with what its TRAIN graph holds; as it was where model_fn cannot be followed.

    To be called once everything else is known of the program: state that model_fn keeps is what TRAIN leaves.
    """
    if entry.model_fn is None or model.model_fn is None:
        return model
    run.steps_left = max(run.steps_left, MOST_STEPS)
    start = len(run.record.calls)
    features, labels = _given(model)
    spec = call_model_fn(run, entry, features, labels, "train", Scope.TRAIN_ONLY, env)
    calls = tuple(run.record.calls[start:])
    return replace(model, training=Training(calls, _train_op(spec), run.steps_left > 0))


def _given(model: Model) -> tuple[Value, Value]:
    """Features and labels as input_fn yields them; the receiver's features where it is not known what it yields."""
    for pipeline in model.pipelines:
        features = pipeline.features
        items = pipeline.element.items if isinstance(pipeline.element, Sequence) else []
        labels = items[1] if len(items) > 1 else Unknown()
        match features:
            case Mapping():
                return Mapping(dict(features.entries), features.complete, features.deps), labels
            case Tensor():
                return features, labels
    match model.receiver.features if model.receiver is not None else None:
        case Mapping() as given:
            return Mapping(dict(given.entries), given.complete, given.deps), Unknown()
        case Tensor() as given:
            return given, Unknown()
        case _:
            return Unknown(tag="features"), Unknown()


def _train_op(spec: Value) -> Value:
    """The train_op of the EstimatorSpec that model_fn returned."""
    match spec:
        case Choice():
            specs = [option for option in spec.options if isinstance(option, Instance)]
            return _train_op(specs[0]) if len(specs) == 1 else UNKNOWN
        case UserObject(made=Instance() as made):
            return _train_op(made)
        case Instance():
            return spec.arguments.get("train_op", 3) or UNKNOWN
        case Tensor():  # what a head makes
            return spec
        case _:
            return UNKNOWN
