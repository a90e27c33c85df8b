"""A Keras model of layers that is called: each of its layers runs again, in the graph of the call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.findings import Span
from analyzer.reading import shapes
from analyzer.reading.record import ApiCall, is_layer_call
from analyzer.reading.values import UNKNOWN, Arguments, Deps, Env, Instance, Mapping, Sequence, Tensor, Value, deps_of

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

SEQUENTIAL = frozenset({"tensorflow.keras.Sequential", "tensorflow.keras.models.Sequential"})
FUNCTIONAL = frozenset({"tensorflow.keras.Model", "tensorflow.keras.models.Model"})
RUNS_OTHERS = SEQUENTIAL | FUNCTIONAL | {"tensorflow.keras.layers.Lambda"}
"""What runs layers or functions that it was given."""


def called(run: Interpreter, owner: Instance, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value | None:
    """What a model makes of its arguments; None where its layers are not known, or it is no model."""
    if owner.api in SEQUENTIAL and (layers := _layers(owner)):
        return _sequential(run, layers, arguments, node, env)
    if owner.api in FUNCTIONAL:
        inputs, outputs = owner.arguments.get("inputs", 0), owner.arguments.get("outputs", 1)
        if inputs is not None and outputs is not None and arguments.positional:
            return _functional(run, inputs, outputs, arguments, env.module.span(node))
    return None


def _layers(owner: Instance) -> list[Value]:
    given, added = owner.arguments.get("layers", 0), owner.attributes.get("added")
    return [item for source in (given, added) if isinstance(source, Sequence) for item in source.items]


def _sequential(
    run: Interpreter, layers: list[Value], arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value | None:
    """One layer after another, each told the training argument."""
    value = arguments.positional[0] if arguments.positional else UNKNOWN
    told = _training(arguments)
    for layer in layers:
        if isinstance(layer, Instance) and layer.span is not None and layer.api not in RUNS_OTHERS:
            made = _call_layer(run, layer, Arguments((value,), told), layer.span, env.module.span(node))
            value = shapes.layer_result(layer.api, layer.arguments, made, frozenset({made.id}))
        else:
            value = run.call(layer, Arguments((value,), told), node, env)
    return value


def _functional(run: Interpreter, inputs: Value, outputs: Value, arguments: Arguments, here: Span) -> Value:
    """The calls between the inputs and the outputs, made once more on what is given now."""
    now: dict[int, Deps] = {}
    for stood_for, given in zip(_leaves(inputs), _leaves(arguments.positional[0]), strict=False):
        now |= dict.fromkeys(stood_for.deps, given.deps)
    told = _training(arguments)
    for number in _between(run.record.calls, outputs, set(now)):
        call = run.record.calls[number]
        again = replace(
            call.arguments,
            positional=tuple(_moved(value, now) for value in call.arguments.positional),
            keywords={key: _moved(value, now) for key, value in call.arguments.keywords.items()},
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
    return _moved(outputs, now)


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


def _moved(value: Value, now: dict[int, Deps]) -> Value:
    """The value as the calls made now give it."""
    match value:
        case Tensor():
            return replace(value, deps=frozenset[int]().union(*(now.get(dep, {dep}) for dep in value.deps)))
        case Sequence():
            return Sequence(value.kind, [_moved(item, now) for item in value.items], value.complete)
        case Mapping():
            return Mapping({key: _moved(item, now) for key, item in value.entries.items()}, value.complete)
        case _:
            return value
