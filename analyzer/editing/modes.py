"""What a call does made to depend on the mode in which model_fn is called."""

from __future__ import annotations

from collections.abc import Mapping

from astroid import nodes

from analyzer.editing.calls import argument, with_argument, written
from analyzer.editing.scopes import in_mode
from analyzer.editing.text import append
from analyzer.exportgraph.graph import Model
from analyzer.findings import Edit, Patch
from analyzer.reading.record import ApiCall

TRAINS = "== TRAIN"


def switched(model: Model, call: ApiCall, name: str, index: int, default: bool) -> Patch | None:
    """A switch that is written as True, or True by default, on only for TRAIN.

    The switch of an `arg_scope` or of a variable belongs to other calls too: that is left to people.
    """
    found = written(model.modules, call)
    if found is None:
        return None
    module, node = found
    given = argument(node, name, index)
    is_true = isinstance(given, nodes.Const) and given.value is True
    by_default = given is None and default and call.arguments.get(name, index) is None
    if not (is_true or by_default):
        return None
    test = in_mode(model, module, given or node, call.trail, TRAINS)
    edits = with_argument(module, node, name, test, index) if test is not None else None
    return Patch(edits, safe=False) if edits else None


def only_in_train(model: Model, call: ApiCall, otherwise: Mapping[str, str]) -> Patch | None:
    """Keyword arguments that hold as they are for TRAIN only, and have another value in other modes."""
    found = written(model.modules, call)
    if found is None:
        return None
    module, node = found
    edits: list[Edit] = []
    for name, value in otherwise.items():
        given = argument(node, name)
        if given is None:
            continue
        test = in_mode(model, module, given, call.trail, TRAINS)
        if test is None:
            return None
        edits += append(module, given, f" if {test} else {value}")
    return Patch(tuple(edits), safe=False) if edits else None
