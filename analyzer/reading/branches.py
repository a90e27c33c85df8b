"""Branches of which one will run: both are followed, and what flags choose by their defaults is the certain one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.findings import Certainty
from analyzer.reading import operators, statements
from analyzer.reading.joining import by_default, join, preferring
from analyzer.reading.values import Const, Env, Mapping, Sequence, Value, truth

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter


def usually(run: Interpreter, node: nodes.NodeNG, env: Env) -> bool | None:
    """What a test of flags comes to in a run without flags; None where something else decides it too."""
    match node:
        case nodes.UnaryOp(op="not"):
            answer = usually(run, node.operand, env)
            return None if answer is None else not answer
        case nodes.BoolOp():
            answers = [usually(run, operand, env) for operand in node.values]
            decides = node.op == "or"
            return decides if decides in answers else (None if None in answers else not decides)
        case nodes.Compare(ops=[(op, right)]):
            one, other = _settled(run, node.left, env), _settled(run, right, env)
            if one is None or other is None:
                return None
            return truth(operators.compared(run, op, one, other, node, env))
        case _:
            value = _settled(run, node, env)
            return None if value is None else truth(value)


def _settled(run: Interpreter, node: nodes.NodeNG, env: Env) -> Value | None:
    """A name, an attribute, an entry of a dict or a constant, flags at their defaults: nothing recorded twice."""
    if isinstance(node, nodes.Subscript) and isinstance(node.slice, nodes.Const) and _is_plain(node.value):
        table = run.evaluate(node.value, env)
        known = table.entries.get(node.slice.value) if isinstance(table, Mapping) and not table.tag else None
    else:
        known = run.evaluate(node, env) if _is_plain(node) else None
    value = by_default(known) if known is not None else None
    return value if isinstance(value, Const) or (isinstance(value, Sequence) and value.complete) else None


def _is_plain(node: nodes.NodeNG) -> bool:
    while isinstance(node, nodes.Attribute):
        node = node.expr
    return isinstance(node, (nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Set))


def both(
    run: Interpreter,
    body: list[nodes.NodeNG],
    other: list[nodes.NodeNG],
    env: Env,
    frame: statements.Frame,
    usual: bool | None = None,
) -> statements.Flow:
    """Runs two branches of which one will run, and joins what they leave. `usual`: the one that flags choose."""
    certainty, before = run.certainty, dict(env.variables)
    run.certainty = certainty if usual is True else Certainty.MAYBE
    first = statements.execute(run, body, env, frame)
    after_first, env.variables = env.variables, before
    run.certainty = certainty if usual is False else Certainty.MAYBE
    second = statements.execute(run, other, env, frame)
    run.certainty = certainty
    match first, second:
        case statements.Flow.NEXT, statements.Flow.NEXT:
            env.variables = join_variables(after_first, env.variables, usual)
            return statements.Flow.NEXT
        case statements.Flow.NEXT, _:
            env.variables = after_first
            gone, stays = second, usual is True
        case _, statements.Flow.NEXT:
            gone, stays = first, usual is False
        case _:
            return first if first is second else statements.Flow.RETURN
    if gone is not statements.Flow.RAISE and not stays:
        run.certainty = Certainty.MAYBE
    return statements.Flow.NEXT


def join_variables(left: dict[str, Value], right: dict[str, Value], usual: bool | None = None) -> dict[str, Value]:
    """The variables after two branches met."""
    merged = dict(left)
    for name, value in right.items():
        known = left.get(name)
        if known is None or known is value:
            merged[name] = value
        elif usual is None:
            merged[name] = join(known, value)
        else:
            merged[name] = preferring(known if usual else value, join(known, value))
    return merged
