"""Control flow of the graph: `tf.cond`, `tf.while_loop` and their relatives run the functions they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading import shapes, tensorarrays
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.joining import join
from analyzer.reading.values import (
    UNKNOWN,
    Api,
    Arguments,
    Array,
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
    deps_of,
    iterate,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter


def _record(
    run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env, start: int, results: list[Value]
) -> Deps:
    extra: Deps = frozenset().union(*(deps_of(value) for value in results))
    inner = range(start, len(run.record.calls))
    call = run.add_call(callee.name, callee.spelled, arguments, env.module.span(node), inner=inner, extra=extra)
    return frozenset({call.id})


def as_tensors(value: Value, deps: Deps | None = None) -> Value:
    """The structure of a value with a tensor in every leaf; they come from `deps` where given."""
    match value:
        case Sequence():
            items = [as_tensors(item, deps) for item in value.items]
            return Sequence(value.kind, items, value.complete, deps if deps is not None else value.deps)
        case Mapping():
            entries = {key: as_tensors(item, deps) for key, item in value.entries.items()}
            return Mapping(entries, value.complete, deps if deps is not None else value.deps, value.tag, value.spans)
        case Tensor():
            return value if deps is None else Tensor(deps, value.dtype, value.shape, origin=value.origin)
        case Array():
            return Tensor(value.deps if deps is None else deps, value.dtype, value.shape, origin=value.origin)
        case Instance() if tensorarrays.is_array(value):
            return value if deps is None else tensorarrays.after(value, deps)
        case Const(value=None):
            return value
        case Const():
            return Tensor(value.deps if deps is None else deps, shapes.dtype_of_content(value), ())
        case _:
            return Tensor(deps_of(value) if deps is None else deps)


def _loop_items(value: Value | None) -> tuple[Value, ...]:
    tensors = as_tensors(value if value is not None else UNKNOWN)
    return tuple(tensors.items) if isinstance(tensors, Sequence) else (tensors,)


def while_loop(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    start = len(run.record.calls)
    loop_vars = arguments.get("loop_vars", 2)
    items = _loop_items(loop_vars)
    results = []
    for name, index in (("cond", 0), ("body", 1)):
        function = arguments.get(name, index)
        if function is not None:
            results.append(run.call(function, Arguments(items), node, env))
    deps = _record(run, callee, arguments, node, env, start, results)
    return as_tensors(loop_vars if loop_vars is not None else UNKNOWN, deps)


def cond(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    start = len(run.record.calls)
    branches = [
        arguments.get("true_fn", 1) or arguments.get("fn1"),
        arguments.get("false_fn", 2) or arguments.get("fn2"),
    ]
    results = [run.call(branch, Arguments(), node, env) for branch in branches if branch is not None]
    return _branched(run, callee, arguments, node, env, start, results)


def case(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    start = len(run.record.calls)
    given = arguments.get("pred_fn_pairs", 0) or UNKNOWN
    if callee.name.endswith("switch_case"):
        given = arguments.get("branch_fns", 1) or UNKNOWN
    pairs = list(given.entries.values()) if isinstance(given, Mapping) else iterate(given) or []
    branches = [pair.items[-1] if isinstance(pair, Sequence) and pair.items else pair for pair in pairs]
    if (default := arguments.get("default", 1 if callee.name.endswith(".case") else 2)) is not None:
        branches.append(default)
    results = [
        run.call(branch, Arguments(), node, env) for branch in branches if isinstance(branch, (Function, Partial))
    ]
    return _branched(run, callee, arguments, node, env, start, results)


def _branched(
    run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env, start: int, results: list[Value]
) -> Value:
    deps = _record(run, callee, arguments, node, env, start, results)
    if not results:
        return Tensor(deps)
    result = as_tensors(results[0], deps)
    for other in results[1:]:
        result = join(result, as_tensors(other, deps))
    return result


def map_fn(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    start = len(run.record.calls)
    function, elements = arguments.get("fn", 0), arguments.get("elems", 1)
    item = _unbatched(as_tensors(elements if elements is not None else UNKNOWN))
    results = [run.call(function, Arguments((item,)), node, env)] if function is not None else []
    deps = _record(run, callee, arguments, node, env, start, results)
    source = results[0] if results else UNKNOWN
    dtype = dtype_of(arguments.get("dtype", 2) or arguments.get("fn_output_signature"))
    result = as_tensors(source, deps)
    return Tensor(deps, dtype or result.dtype) if isinstance(result, Tensor) else result


def fold(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    start = len(run.record.calls)
    function, elements = arguments.get("fn", 0), arguments.get("elems", 1)
    item = _unbatched(as_tensors(elements if elements is not None else UNKNOWN))
    initial = arguments.get("initializer", 2)
    carried = as_tensors(initial) if initial is not None else item
    results = [run.call(function, Arguments((carried, item)), node, env)] if function is not None else []
    deps = _record(run, callee, arguments, node, env, start, results)
    result = as_tensors(carried, deps)
    return Tensor(deps, result.dtype) if isinstance(result, Tensor) else result


def _unbatched(value: Value) -> Value:
    """One element along the first dimension."""
    match value:
        case Sequence():
            return Sequence(value.kind, [_unbatched(item) for item in value.items], value.complete, value.deps)
        case Mapping():
            return Mapping({key: _unbatched(item) for key, item in value.entries.items()}, value.complete, value.deps)
        case Tensor(shape=shape):
            return Tensor(value.deps, value.dtype, shape[1:] if shape else None, origin=value.origin)
        case _:
            return value
