"""A Keras model of layers that is called: each of its layers runs again, in the graph of the call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.findings import Span
from analyzer.reading import shapes
from analyzer.reading.record import ApiCall, is_layer_call
from analyzer.reading.values import (
    UNKNOWN,
    Arguments,
    Deps,
    Env,
    Instance,
    Mapping,
    Sequence,
    Tensor,
    Value,
    constant,
    deps_of,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

SEQUENTIAL = frozenset({"tensorflow.keras.Sequential", "tensorflow.keras.models.Sequential"})
FUNCTIONAL = frozenset({"tensorflow.keras.Model", "tensorflow.keras.models.Model"})
LAMBDA = "tensorflow.keras.layers.Lambda"


def called(run: Interpreter, owner: Instance, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value | None:
    """What a model makes of its arguments; None where its layers are not known, or it is no model."""
    if owner.api in SEQUENTIAL and (layers := _layers(owner)):
        return _sequential(run, layers, arguments, env.module.span(node), node, env)
    if owner.api in FUNCTIONAL:
        inputs, outputs = owner.arguments.get("inputs", 0), owner.arguments.get("outputs", 1)
        if inputs is not None and outputs is not None and arguments.positional:
            return _functional(run, inputs, outputs, arguments, env.module.span(node))
    return None


def of_estimator(run: Interpreter, model: Instance, features: Value, here: Span, env: Env) -> Value | None:
    """What a model that was given to `model_to_estimator` makes of the features, None where its layers are not known.

    A model takes its features by the names of its inputs.
    """
    entries = features.entries if isinstance(features, Mapping) else {}
    any_of_them = next(iter(entries.values())) if len(entries) == 1 else Tensor(deps_of(features))
    if model.api in SEQUENTIAL and (layers := _layers(model)):
        return _sequential(run, layers, Arguments((any_of_them,)), here, env.module.tree, env)
    inputs, outputs = model.arguments.get("inputs", 0), model.arguments.get("outputs", 1)
    if model.api not in FUNCTIONAL or inputs is None or outputs is None:
        return None
    named = [entries.get(_name(run, leaf), any_of_them) for leaf in _leaves(inputs)]
    return _functional(run, inputs, outputs, Arguments((Sequence("list", named),)), here)


def _name(run: Interpreter, given: Value) -> object:
    """The name that an input was made with."""
    made = [run.record.calls[number] for number in deps_of(given)]
    return constant(made[0].arguments.get("name", 2)) if len(made) == 1 else None


def _layers(owner: Instance) -> list[Value]:
    given, added = owner.arguments.get("layers", 0), owner.attributes.get("added")
    return [item for source in (given, added) if isinstance(source, Sequence) for item in source.items]


def _sequential(
    run: Interpreter, layers: list[Value], arguments: Arguments, here: Span, node: nodes.NodeNG, env: Env
) -> Value | None:
    """One layer after another, each told the training argument."""
    value = arguments.positional[0] if arguments.positional else UNKNOWN
    told = _training(arguments)
    for layer in layers:
        if isinstance(layer, Instance) and layer.api == LAMBDA:
            value = run.call(layer, Arguments((value,)), node, env)
        elif isinstance(layer, Instance) and layer.span is not None and layer.api not in SEQUENTIAL | FUNCTIONAL:
            made = _call_layer(run, layer, Arguments((value,), told), layer.span, here)
            value = shapes.layer_result(layer.api, layer.arguments, made, frozenset({made.id}))
        else:
            value = run.call(layer, Arguments((value,), told), node, env)
    return value


def _functional(run: Interpreter, inputs: Value, outputs: Value, arguments: Arguments, here: Span) -> Value:
    """The calls between the inputs and the outputs, made once more on what is given now."""
    now: dict[int, Deps] = {}
    pairs = [*zip(_leaves(inputs), _leaves(arguments.positional[0]), strict=False)]
    for stood_for, given in pairs:
        now |= dict.fromkeys(deps_of(stood_for), deps_of(given))
    fits = all(isinstance(given, Tensor) and given.shape and given.shape[0] is None for _, given in pairs)
    told = _training(arguments)
    for number in _between(run.record.calls, outputs, set(now)):
        call = run.record.calls[number]
        again = replace(
            call.arguments,
            positional=tuple(_moved(value, now, fits) for value in call.arguments.positional),
            keywords={key: _moved(value, now, fits) for key, value in call.arguments.keywords.items()},
        )
        if is_layer_call(call.name):
            again = replace(again, keywords=told | again.keywords)
        made = run.add_call(call.name, call.spelled, again, call.span, owner=call.owner, inner=call.inner)
        run.record.calls[made.id] = replace(
            made,
            called_at=here,
            chosen_at=made.chosen_at or call.chosen_at,
            keeps_intermediates=call.keeps_intermediates,
        )
        now[number] = frozenset({made.id})
    return _moved(outputs, now, fits)


def _training(arguments: Arguments) -> dict[str, Value]:
    return {"training": arguments.keywords["training"]} if "training" in arguments.keywords else {}


def _call_layer(run: Interpreter, layer: Instance, arguments: Arguments, span: Span, here: Span) -> ApiCall:
    made = run.add_call(f"{layer.api}.__call__", "", arguments, span, owner=layer)
    run.record.calls[made.id] = made = replace(made, called_at=here)
    return made


def _between(calls: list[ApiCall], outputs: Value, inputs: set[int]) -> list[int]:
    """The calls that outputs are made of, in order, without what lies before the inputs."""
    found: set[int] = set()
    pending = list(deps_of(outputs) - inputs)
    while pending:
        number = pending.pop()
        if number not in found:
            found.add(number)
            pending += calls[number].deps - inputs
    return sorted(found)


def _leaves(value: Value) -> Iterator[Value]:
    match value:
        case Sequence():
            for item in value.items:
                yield from _leaves(item)
        case Mapping():
            for item in value.entries.values():
                yield from _leaves(item)
        case _:
            yield value


def _moved(value: Value, now: dict[int, Deps], fits: bool) -> Value:
    """The value as the calls made now give it; its shape is that of another batch where that does not fit."""
    match value:
        case Tensor():
            deps = frozenset[int]().union(*(now.get(dep, {dep}) for dep in value.deps))
            return replace(value, deps=deps, shape=value.shape if fits else None)
        case Sequence():
            return Sequence(value.kind, [_moved(item, now, fits) for item in value.items], value.complete)
        case Mapping():
            return Mapping({key: _moved(item, now, fits) for key, item in value.entries.items()}, value.complete)
        case _:
            return value
