"""Displays and comprehensions: lists, tuples, sets and dicts, written out or made turn by turn."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading import expressions, pythonlib, statements
from analyzer.reading.values import Const, Env, Mapping, Sequence, Value, deps_of, iterate

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

LONGEST_DISPLAY = 2000
"""Items of a display that are looked at; the rest of a longer one is left unknown."""


def display(run: Interpreter, node: nodes.List | nodes.Tuple | nodes.Set, env: Env) -> Value:
    kind = {nodes.List: "list", nodes.Tuple: "tuple"}.get(type(node), "set")
    result = Sequence(kind, [], complete=len(node.elts) <= LONGEST_DISPLAY)
    for element in node.elts[:LONGEST_DISPLAY]:
        if isinstance(element, nodes.Starred):
            spread = run.evaluate(element.value, env)
            items = iterate(spread)
            result.items += items or []
            result.complete = result.complete and items is not None
            result.deps |= deps_of(spread)
        else:
            result.items.append(run.evaluate(element, env))
    return result


def dict_display(run: Interpreter, node: nodes.Dict, env: Env) -> Value:
    result = Mapping(span=env.module.span(node))
    for key_node, value_node in node.items[:LONGEST_DISPLAY]:
        value = run.evaluate(value_node, env)
        if isinstance(key_node, nodes.DictUnpack):
            pythonlib.update(result, value)
            continue
        key = run.evaluate(key_node, env)
        if isinstance(key, Const) and isinstance(key.value, (str, int, float, bool, bytes, NoneType)):
            result.entries[key.value] = value
            result.spans[key.value] = env.module.span(key_node)
        else:
            result.complete = False
            result.deps |= deps_of(value)
    return result


def comprehension(run: Interpreter, node: nodes.ListComp | nodes.SetComp | nodes.GeneratorExp, env: Env) -> Value:
    kind = "set" if isinstance(node, nodes.SetComp) else "list"
    result = Sequence(kind, [])
    result.complete = _turns(
        run, node.generators, env, lambda scope: result.items.append(run.evaluate(node.elt, scope))
    )
    return result


def dict_comprehension(run: Interpreter, node: nodes.DictComp, env: Env) -> Value:
    result = Mapping(span=env.module.span(node))

    def add(scope: Env) -> None:
        key, value = run.evaluate(node.key, scope), run.evaluate(node.value, scope)
        if isinstance(key, Const):
            result.entries[key.value] = value
            result.spans[key.value] = env.module.span(node.key)
        else:
            result.complete = False
            result.deps |= deps_of(value)

    result.complete = _turns(run, node.generators, env, add) and result.complete
    return result


def _turns(run: Interpreter, generators: list[nodes.Comprehension], env: Env, each: Callable[[Env], None]) -> bool:
    """Runs `each` for every turn of a comprehension; False when the turns are not all known."""
    if not generators:
        each(env)
        return True
    first, rest = generators[0], generators[1:]
    scope = Env(env.module, env)
    iterated = run.evaluate(first.iter, env)
    items = iterate(iterated)
    complete = items is not None and len(items) <= statements.MOST_TURNS
    for value in (items or [])[: statements.MOST_TURNS] if complete else [statements.any_item(iterated)]:
        statements.bind(run, first.target, value, scope)
        answers = [expressions.test(run, condition, scope) for condition in first.ifs]
        if False in answers:
            continue
        complete = _turns(run, rest, scope, each) and complete and None not in answers
    return complete
