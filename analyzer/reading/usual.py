"""What a test is in a run of the program without flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading import operators
from analyzer.reading.joining import by_default
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
