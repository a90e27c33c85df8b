"""AutoGraph: inside `tf.function`, Python's `for`, `while` and `if` over tensors are loops and conds of the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading.values import Arguments, Env, Function, Instance, Tensor, Value, deps_of, with_deps

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

TRACERS = frozenset({"tensorflow.function", "tensorflow.contrib.eager.defun", "tensorflow.autograph.to_graph"})


def traced(function: Value) -> Value:
    """The function, known to be traced."""
    if isinstance(function, Function):
        return Function(
            function.node, function.env, function.name, function.bound, function.defaults, function.deps, traced=True
        )
    return function


def loops_over(run: Interpreter, iterated: Value) -> bool:
    """Whether a `for` over this value becomes a loop of the graph."""
    is_dataset = isinstance(iterated, Instance) and iterated.api.startswith("tensorflow.data.")
    return run.autograph and (isinstance(iterated, Tensor) or is_dataset)


def record(
    run: Interpreter,
    name: str,
    spelled: str,
    by: Value,
    node: nodes.NodeNG,
    env: Env,
    start: int,
    before: dict[str, Value],
) -> None:
    """Records the statement as the call that AutoGraph makes of it; what it assigned came from there."""
    changed = {key: value for key, value in env.variables.items() if before.get(key) is not value}
    extra = frozenset().union(*(deps_of(value) for value in changed.values()))
    inner = range(start, len(run.record.calls))
    made = run.add_call(name, spelled, Arguments((by,)), env.module.span(node), inner=inner, extra=extra)
    for key, value in changed.items():
        env.variables[key] = with_deps(value, frozenset({made.id}))
