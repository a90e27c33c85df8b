"""Scopes that `with` enters: control dependencies, variable scopes, and the defaults that arg_scope gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.findings import Span
from analyzer.reading.values import Api, Arguments, Deps, Function, Instance, Value, constant, deps_of, iterate

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter


GRAPHS = frozenset({"tensorflow.Graph.as_default", "tensorflow.Session", "tensorflow.InteractiveSession"})
"""Context managers inside which a graph is built, and nothing is eager."""


def enter(run: Interpreter, manager: Value) -> None:
    """What entering a context manager changes for the calls inside; its `with` restores it."""
    if not isinstance(manager, Instance):
        return
    if manager.api == "tensorflow.control_dependencies":
        run.control |= manager.deps | _argument_deps(manager.arguments)
    elif manager.api == "tensorflow.contrib.framework.arg_scope":
        _enter_arg_scope(run, manager)
    elif manager.api == "tensorflow.variable_scope":
        _enter_variable_scope(run, manager.arguments)
    elif manager.api in GRAPHS:
        run.graph = manager.span


def _enter_variable_scope(run: Interpreter, arguments: Arguments) -> None:
    name = constant(arguments.get("name_or_scope", 0)) or constant(arguments.get("default_name", 1))
    run.variable_scopes = (*run.variable_scopes, name if isinstance(name, str) else "?")
    if (partitioner := arguments.get("partitioner")) is not None:
        defaults = Arguments((), {"partitioner": partitioner})
        run.scoped_defaults.append((frozenset({"tensorflow.get_variable"}), defaults))


def _enter_arg_scope(run: Interpreter, manager: Instance) -> None:
    """Defaults for a list of functions, or those of a scope entered before (`with arg_scope(...) as scope`)."""
    given = manager.arguments.get("list_ops_or_scope", 0)
    if isinstance(given, Instance):
        run.scoped_defaults += run.kept_scopes.get(given.call, [])
    else:
        items = (iterate(given) if given is not None else None) or []
        names = frozenset(name for item in items if (name := _named(item)) is not None)
        spans: dict[int | str, Span] = dict.fromkeys(manager.arguments.keywords, manager.span) if manager.span else {}
        defaults = Arguments((), manager.arguments.keywords, spans=spans)
        run.scoped_defaults.append((names, defaults))
    run.kept_scopes[manager.call] = list(run.scoped_defaults)


def _named(item: Value) -> object:
    """What a function is known by: a library's by its name, the project's by its definition."""
    match item:
        case Api(name=name):
            return name
        case Function(node=node):
            return node
        case _:
            return None


def _argument_deps(arguments: Arguments) -> Deps:
    return frozenset().union(*(deps_of(value) for value in arguments.values()))
