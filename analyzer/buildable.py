"""How a dry run can build a model that the program's own run does not export: what to call, and with what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from astroid import nodes

from analyzer.dryrun.protocol import EntryPoint
from analyzer.editing.text import find
from analyzer.exportgraph.graph import Model
from analyzer.findings import Span
from analyzer.reading import values
from analyzer.reports import Place


def entry_point(model: Model) -> EntryPoint | None:
    """How a dry run can build a model; None where its model_fn has no name."""
    place = model.model_fn
    if place is None or place.name == "<lambda>":
        return None
    model_fn = _definition(model, place)
    maker = _maker(model, model_fn) if model_fn is not None else None
    receiver = _reachable_receiver(model)
    params = model.estimator.arguments.get("params", 3) if model.estimator is not None else None
    return EntryPoint(
        module_path=str(place.path),
        model_fn=place.name,
        model_fn_line=place.line,
        receiver_path=str(receiver.path) if receiver is not None else None,
        receiver=receiver.name if receiver is not None else None,
        params=_plain(params) if isinstance(params, values.Mapping) else None,
        made_by=_dotted(maker) if maker is not None else "",
        made_with=tuple(_needed(maker)) if maker is not None else (),
        exported_by_maker=maker is not None and _exports(maker, model),
        takes_params=model_fn is not None and _takes_params(model_fn, maker, model),
    )


def _definition(model: Model, place: Place) -> nodes.FunctionDef | None:
    """The function that model_fn is. One that begins its line is among the module's own, where it is soon found."""
    module = model.modules.get(place.path)
    if module is None or model.model_fn_span is None:
        return None
    if model.model_fn_span.column > 1:
        found = find(model.modules, model.model_fn_span, nodes.FunctionDef)
        return found[1] if found is not None else None
    own = module.tree.locals.get(place.name, ())
    return next((one for one in own if isinstance(one, nodes.FunctionDef)), None)


def _maker(model: Model, model_fn: nodes.FunctionDef) -> nodes.FunctionDef | None:
    """The function that must be called for model_fn to be there, the outermost one; of a class its `__init__`."""
    around = [scope for scope in _scopes(model_fn) if isinstance(scope, nodes.FunctionDef)]
    if around:
        return around[-1]
    owner = model_fn.parent.scope()
    init = owner.locals.get("__init__", [None])[0] if isinstance(owner, nodes.ClassDef) else None
    # A class may be the Estimator of its own method.
    made = model.estimator.span if model.estimator is not None else None
    return init if isinstance(init, nodes.FunctionDef) and made is not None and _holds(init, made) else None


def _holds(function: nodes.FunctionDef, span: Span) -> bool:
    """Whether a span lies in a function."""
    within: bool = function.fromlineno <= span.line <= function.tolineno
    return within and str(span.path) == function.root().file


def _takes_params(model_fn: nodes.FunctionDef, maker: nodes.FunctionDef | None, model: Model) -> bool:
    """Whether the Estimator of it must be given params, and is not made with its own."""
    own = maker is not None and model.estimator is not None and _holds(maker, model.estimator.span)
    return not own and any(one.name == "params" for one in model_fn.args.arguments)


def _exports(maker: nodes.FunctionDef, model: Model) -> bool:
    """Whether calling the maker exports the model."""
    ways = [model.export.span, *(step.span for step in model.export.trail)] if model.export is not None else []
    return any(_holds(maker, way) for way in ways)


def _reachable_receiver(model: Model) -> Place | None:
    """The receiver, where it can be named from outside: not inside a function."""
    place = model.receiver.place if model.receiver is not None else None
    if place is None or place.name.startswith(("<", "build_")):
        return None
    module = model.modules.get(place.path)
    outermost = place.name.partition(".")[0]
    return place if module is None or outermost in module.tree.locals else None


def _dotted(maker: nodes.FunctionDef) -> str:
    names = [scope.name for scope in (maker, *_scopes(maker)) if isinstance(scope, nodes.FunctionDef | nodes.ClassDef)]
    return ".".join(name for name in reversed(names) if name != "__init__")


def _scopes(node: nodes.NodeNG) -> Iterator[nodes.LocalsDictNodeNG]:
    """The scopes that a definition lies in, the innermost first."""
    while node.parent is not None:
        node = node.parent.scope()
        yield node


def _needed(function: nodes.FunctionDef) -> Iterator[str]:
    """The parameters that a call must give."""
    given = function.args
    named = [*(given.posonlyargs or ()), *(given.args or ())]
    bound = 1 if function.type in ("method", "classmethod") else 0
    yield from (one.name for one in named[bound : len(named) - len(given.defaults or ())])
    defaults = given.kw_defaults or ()
    yield from (one.name for one, default in zip(given.kwonlyargs or (), defaults, strict=False) if default is None)


def _plain(params: values.Mapping) -> dict[str, Any] | None:
    """params, where each value is a constant."""
    plain: dict[str, Any] = {}
    for key, value in params.entries.items():
        match value:
            case values.Const(value=None | bool() | int() | float() | str() as content):
                plain[str(key)] = content
            case values.Sequence() if value.complete and all(isinstance(item, values.Const) for item in value.items):
                plain[str(key)] = [item.value for item in value.items if isinstance(item, values.Const)]
            case _:
                return None
    return plain if params.complete else None
