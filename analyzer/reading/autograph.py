"""AutoGraph: inside `tf.function`, and where Keras calls a layer, Python's `for`, `while` and `if` over tensors are
loops and conds of the graph."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading.values import Arguments, Deps, Env, Function, Instance, Tensor, Value, deps_of, with_deps

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

TRACERS = frozenset({"tensorflow.function", "tensorflow.contrib.eager.defun", "tensorflow.autograph.to_graph"})
TOLD_IN_PYTHON = ("tensorflow.keras.backend.", "tensorflow.test.", "tensorflow.config.", "tensorflow.get_static_value")
"""Beginnings of functions whose answers may be plain numbers and strings."""


def traced(function: Value) -> Value:
    """The function, known to be traced."""
    if isinstance(function, Function):
        return replace(function, traced=True)
    return function


def loops_over(run: Interpreter, iterated: Value) -> bool:
    """Whether a `for` over this value becomes a loop of the graph."""
    is_dataset = isinstance(iterated, Instance) and iterated.api.startswith("tensorflow.data.")
    return run.autograph and (isinstance(iterated, Tensor) or is_dataset)


def decides(run: Interpreter, test: Value) -> bool:
    """Whether a test becomes one of the graph: of a tensor, not of what a library tells in Python (`K.ndim(x)`)."""
    return isinstance(test, Tensor) and test.dtype == "bool" and _is_symbolic(run, test)


def _is_symbolic(run: Interpreter, value: Value) -> bool:
    if not isinstance(value, Tensor) or (value.dtype is None and value.shape is None):
        return False
    made = [run.record.calls[dep] for dep in value.deps]
    if any(call.name.startswith(TOLD_IN_PYTHON) for call in made):
        return False
    sides = [side for call in made if call.name.startswith("operator.") for side in call.arguments.values()]
    return not sides or any(_is_symbolic(run, side) for side in sides)


def record(
    run: Interpreter,
    name: str,
    spelled: str,
    by: Value,
    node: nodes.NodeNG,
    env: Env,
    start: int,
    before: dict[str, Value],
) -> Deps:
    """Records the statement as the call that AutoGraph makes of it; what it assigned came from the deps returned."""
    changed = {key: value for key, value in env.variables.items() if before.get(key) is not value}
    extra = frozenset().union(*(deps_of(value) for value in changed.values()))
    inner = range(start, len(run.record.calls))
    made = run.add_call(name, spelled, Arguments((by,)), env.module.span(node), inner=inner, extra=extra)
    deps = frozenset({made.id})
    for key, value in changed.items():
        env.variables[key] = with_deps(value, deps)
    return deps
