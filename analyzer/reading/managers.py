"""Context managers of the project: generator functions of which contextlib.contextmanager makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.reading import calls
from analyzer.reading.values import UNKNOWN, Function, Managed, Value

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter
    from analyzer.reading.statements import Flow

MAKER = "contextlib.contextmanager"


def made_of(function: Function) -> Function:
    """The function, each call of which is a context manager."""
    return replace(function, manages=True)


def within(run: Interpreter, manager: Managed, body: Callable[[Value], Flow]) -> Flow:
    """Runs the generator, and where it first yields the body of the `with`, in the scopes that are open there.

    A generator that cannot be followed to its `yield` changes nothing for the body.
    """
    outer = run.trail, run.certainty, run.autograph, run.building, run.at_yield
    flows: list[Flow] = []

    def resume(yielded: Value) -> None:
        if flows:
            return
        inner = run.trail, run.certainty, run.autograph, run.building, run.at_yield
        own = run.yields.pop()
        run.trail, run.certainty, run.autograph, run.building, run.at_yield = outer
        flows.append(body(yielded))
        certainties.append(run.certainty)
        run.yields.append(own)
        run.trail, run.certainty, run.autograph, run.building, run.at_yield = inner

    certainties = [run.certainty]
    calls.call_function(run, manager.function, manager.arguments, manager.node, manager.env, resume)
    run.certainty = certainties[-1]
    return flows[0] if flows else body(UNKNOWN)
