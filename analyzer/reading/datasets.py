"""tf.data: what a dataset yields, and the functions its methods run. None of it is part of an exported graph,
unless model_fn itself takes tensors from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading.controlflow import as_tensors
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.record import Scope
from analyzer.reading.values import (
    UNKNOWN,
    Api,
    Arguments,
    Builtin,
    Const,
    Deps,
    Env,
    Function,
    Instance,
    Mapping,
    Partial,
    Sequence,
    Tensor,
    Value,
    with_deps,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

DATASET = "tensorflow.data.Dataset"
ITERATOR = "tensorflow.data.Iterator"
DATASETS = frozenset({DATASET})
FACTORIES = frozenset({"tensorflow.data.make_one_shot_iterator", "tensorflow.data.make_initializable_iterator"})
SINGLE = f"{DATASET}.get_single_element"
SINGLES = frozenset(f"tensorflow.{name}.get_single_element" for name in ("data.experimental", "contrib.data"))
RUNS_FUNCTION = frozenset({"map", "flat_map", "interleave", "filter", "apply", "map_with_legacy_function", "scan"})
_SAME = frozenset(
    "repeat shuffle prefetch cache take skip shard with_options batch padded_batch filter unbatch concatenate "
    "enumerate map flat_map interleave apply map_with_legacy_function window reduce scan ignore_errors snapshot".split()
)


def make(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """A call under tf.data: datasets, iterators, and functions for `apply`."""
    name = callee.name
    short = name.removeprefix("tensorflow.data.").removeprefix("Dataset.").removeprefix("experimental.")
    if name in FACTORIES:
        source = arguments.get("dataset", 0)
        return _iterator(run, source, arguments, node, env) if isinstance(source, Instance) else UNKNOWN
    if name in SINGLES:
        return _single(run, arguments.get("dataset", 0), callee.spelled, arguments, node, env)
    first = arguments.positional[0] if arguments.positional else next(arguments.values(), UNKNOWN)
    made = run.add_call(name, callee.spelled, arguments, env.module.span(node))
    deps = frozenset({made.id})
    match short:
        case "from_tensor_slices":
            element = sliced(as_tensors(first), deps)
        case "from_tensors":
            element = with_deps(as_tensors(first), deps)
        case "from_generator":
            kinds = arguments.get("output_types", 1) or arguments.get("output_signature", 3) or UNKNOWN
            element = _typed(kinds, deps)
        case "zip":
            parts = first.items if isinstance(first, Sequence) else list(arguments.positional)
            elements = [part.element or UNKNOWN if isinstance(part, Instance) else UNKNOWN for part in parts]
            element = Sequence("tuple", elements)
        case "range":
            element = Tensor(deps, "int64", ())
        case "TFRecordDataset" | "TextLineDataset" | "list_files" | "FixedLengthRecordDataset":
            element = Tensor(deps, "string", ())
        case _ if short.endswith("Dataset") or short in ("sample_from_datasets", "choose_from_datasets", "Dataset"):
            element = Tensor(deps)
        case _:
            function = next((value for value in arguments.values() if isinstance(value, (Function, Partial))), None)
            if function is None:
                return Builtin("decorator")
            return Partial(Api("tensorflow.data.Dataset.map"), Arguments((), {"map_func": function}))
    return Instance(DATASET, made.id, arguments, deps, made.span, element)


def _typed(kinds: Value, deps: Deps) -> Value:
    match kinds:
        case Sequence():
            return Sequence("tuple", [_typed(kind, deps) for kind in kinds.items])
        case Mapping():
            return Mapping({key: _typed(kind, deps) for key, kind in kinds.entries.items()})
        case Instance():
            return Tensor(deps, dtype_of(kinds.arguments.get("dtype", 1)))
        case _:
            return Tensor(deps, dtype_of(kinds))


def sliced(value: Value, deps: Deps) -> Value:
    """One row of a structure of tensors."""
    match value:
        case Sequence(kind="list") if not any(isinstance(item, Tensor) and item.origin for item in value.items):
            inner = value.items[0] if value.items else UNKNOWN
            return Tensor(deps, inner.dtype if isinstance(inner, Tensor) else None)
        case Sequence():
            return Sequence(value.kind, [sliced(item, deps) for item in value.items], value.complete, value.deps)
        case Mapping():
            return Mapping({key: sliced(item, deps) for key, item in value.entries.items()}, value.complete, value.deps)
        case Tensor(shape=shape):
            return Tensor(value.deps | deps, value.dtype, shape[1:] if shape else None, origin=value.origin)
        case _:
            return Tensor(deps)


def method(run: Interpreter, owner: Instance, name: str, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """A method of a dataset or of an iterator."""
    if owner.api == ITERATOR or name in ("make_one_shot_iterator", "make_initializable_iterator"):
        return _iterator_method(run, owner, name, arguments, node, env)
    if name == "get_single_element":
        return _single(run, owner, f".{name}", arguments, node, env)
    start = len(run.record.calls)
    element = owner.element if owner.element is not None else UNKNOWN
    if name in RUNS_FUNCTION:
        element = _run_function(run, owner, name, element, arguments, node, env)
    elif name in ("batch", "padded_batch"):
        element = batched(element)
    elif name == "enumerate":
        element = Sequence("tuple", [Tensor(owner.deps, "int64", ()), element])
    inner = range(start, len(run.record.calls))
    function = arguments.get("map_func", 0)
    span = arguments.span("map_func", 0) if name in RUNS_FUNCTION and function is not None else None
    made = run.add_call(
        f"{DATASET}.{name}", f".{name}", arguments, span or env.module.span(node), owner=owner, inner=inner
    )
    deps = frozenset({made.id})
    if name not in _SAME:
        return Tensor(deps)
    return Instance(DATASET, made.id, arguments, deps, made.span, with_deps(element, deps))


def _run_function(
    run: Interpreter, owner: Instance, name: str, element: Value, arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value:
    function = arguments.get("map_func", 0) or arguments.get("predicate") or arguments.get("transformation_func")
    if function is None:
        return UNKNOWN
    given: tuple[Value, ...] = (owner,) if name == "apply" else (element,)
    if name != "apply" and isinstance(element, Sequence) and element.kind == "tuple":
        given = tuple(element.items)
    with run.within(Scope.INPUT_PIPELINE):
        result = run.call(function, Arguments(given), node, env)
    match name:
        case "filter":
            return element
        case "apply" | "flat_map" | "interleave":
            return result.element or UNKNOWN if isinstance(result, Instance) else UNKNOWN
        case _:
            if isinstance(result, Sequence) and result.kind == "list":
                return Tensor(result.deps)
            return as_tensors(result)


def batched(value: Value) -> Value:
    """A batch of rows of a structure of tensors."""
    match value:
        case Sequence():
            return Sequence(value.kind, [batched(item) for item in value.items], value.complete, value.deps)
        case Mapping():
            return Mapping({key: batched(item) for key, item in value.entries.items()}, value.complete, value.deps)
        case Tensor(shape=shape):
            rows = None if shape is None else (None, *shape)
            return Tensor(value.deps, value.dtype, rows, origin=value.origin)
        case _:
            return value


def _single(
    run: Interpreter, owner: Value | None, spelled: str, arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value:
    """The one element of a dataset, as tensors of the graph that is being built."""
    made = run.add_call(SINGLE, spelled, arguments, env.module.span(node), owner=owner)
    element = owner.element if isinstance(owner, Instance) else None
    return as_tensors(element if element is not None else UNKNOWN, frozenset({made.id}))


def _iterator(run: Interpreter, owner: Instance, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    made = run.add_call(ITERATOR, "make_one_shot_iterator", arguments, env.module.span(node), owner=owner)
    return Instance(ITERATOR, made.id, arguments, frozenset({made.id}), made.span, owner.element)


def _iterator_method(
    run: Interpreter, owner: Instance, name: str, arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value:
    if name.startswith("make_"):
        return _iterator(run, owner, arguments, node, env)
    made = run.add_call(f"{ITERATOR}.{name}", f".{name}", arguments, env.module.span(node), owner=owner)
    if name != "get_next" or owner.element is None:
        return Const(None) if name == "initializer" else Tensor(frozenset({made.id}))
    return as_tensors(owner.element, frozenset({made.id}))
