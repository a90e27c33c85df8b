"""Where the constant is written that functions pass on, parameter by parameter, to a library call."""

from __future__ import annotations

from astroid import nodes

from analyzer.editing.calls import argument
from analyzer.editing.scopes import given_for, is_only_parameter
from analyzer.editing.text import find
from analyzer.exportgraph.graph import Model
from analyzer.findings import Span
from analyzer.reading.record import ApiCall


def passed_from(model: Model, call: ApiCall, name: str, index: int) -> Span | None:
    """The call that gives the constant; None where the library call has it itself, or it is no constant."""
    found = find(model.modules, call.span, nodes.Call)
    given = argument(found[1], name, index) if found is not None else None
    place: Span | None = None
    for step in reversed(call.trail):
        if not isinstance(given, nodes.Name):
            break
        scope = given.scope()
        caller = find(model.modules, step.span, nodes.Call)
        if caller is None or not isinstance(scope, nodes.FunctionDef) or not is_only_parameter(scope, given.name):
            return None
        place, given = step.span, given_for(caller[1], scope, given.name)
    return place if isinstance(given, nodes.Const) else None
