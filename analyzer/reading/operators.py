"""Operators: on constants they are computed here, on a tensor they are calls of the graph like any other."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from astroid import nodes

from analyzer.reading import expressions, shapes
from analyzer.reading.joining import by_default
from analyzer.reading.record import FeatureRead, TaggedUse
from analyzer.reading.values import (
    UNKNOWN,
    Api,
    ApiMethod,
    Arguments,
    Array,
    Choice,
    Const,
    Env,
    Mapping,
    Sequence,
    Tensor,
    Unknown,
    Value,
    constant,
    deps_of,
    is_none,
    truth,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

LONGEST_RESULT = 2000
UNARY: dict[str, Callable[[Any], Any]] = {"-": operator.neg, "+": operator.pos, "~": operator.invert}


def unary(run: Interpreter, node: nodes.UnaryOp, env: Env) -> Value:
    if node.op == "not":
        answer = expressions.test(run, node.operand, env)
        return UNKNOWN if answer is None else Const(not answer)
    value = run.evaluate(node.operand, env)
    if isinstance(value, Const):
        try:
            return Const(UNARY[node.op](value.value))
        except TypeError:
            return UNKNOWN
    if isinstance(value, Tensor):
        name = {"-": "operator.neg", "~": "operator.invert"}.get(node.op, "operator.pos")
        call = run.add_call(name, node.op, Arguments((value,)), env.module.span(node))
        return Tensor(frozenset({call.id}), value.dtype, value.shape)
    return value if isinstance(value, Array) else Unknown(deps_of(value))


OPERATORS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "+": ("add", operator.add),
    "-": ("sub", operator.sub),
    "*": ("mul", operator.mul),
    "/": ("truediv", operator.truediv),
    "//": ("floordiv", operator.floordiv),
    "%": ("mod", operator.mod),
    "**": ("pow", operator.pow),
    "@": ("matmul", operator.matmul),
    "&": ("and", operator.and_),
    "|": ("or", operator.or_),
    "^": ("xor", operator.xor),
    "<<": ("lshift", operator.lshift),
    ">>": ("rshift", operator.rshift),
}


def binary(run: Interpreter, node: nodes.BinOp, env: Env) -> Value:
    return operate(run, node.op, run.evaluate(node.left, env), run.evaluate(node.right, env), node, env)


def operate(run: Interpreter, op: str, left: Value, right: Value, node: nodes.NodeNG, env: Env) -> Value:
    """A binary operator; on a tensor it is a call of the graph like any other."""
    name, function = OPERATORS[op]
    for side in (left, right):
        if isinstance(side, (Mapping, Unknown, Const)) and side.tag and (is_none(side) or not isinstance(side, Const)):
            run.record.uses.append(
                TaggedUse(side.tag, f"operator `{op}`", env.module.span(node), run.certainty, side, run.trail)
            )
    match left, right:
        case Const(), Const():
            try:
                return Const(function(left.value, right.value)) if _small(op, left.value, right.value) else UNKNOWN
            except (TypeError, ValueError, ArithmeticError, LookupError):
                return UNKNOWN
        case (Tensor(), _) | (_, Tensor()):
            call = run.add_call(f"operator.{name}", op, Arguments((left, right)), env.module.span(node))
            tensors = [side for side in (left, right) if isinstance(side, Tensor)]
            dtype = next((side.dtype for side in tensors if side.dtype), None)
            origin = next((side.origin for side in tensors if side.origin), None)
            return Tensor(frozenset({call.id}), dtype, shapes.broadcast(left, right), origin=origin)
        case Sequence(), Sequence() if op == "+":
            both = [*left.items, *right.items]
            return Sequence(left.kind, both, left.complete and right.complete, left.deps | right.deps)
        case Sequence(), Const(value=int(times)) if op == "*" and 0 <= len(left.items) * times <= LONGEST_RESULT:
            return Sequence(left.kind, left.items * times, left.complete, left.deps)
        case (Array() as array, _) | (_, Array() as array):
            return Array(array.dtype, None, array.origin, deps_of(left) | deps_of(right))
        case Const() | Choice(usual=True), Const() | Choice(usual=True) if _are_numbers(left, right):
            usual = operate(run, op, by_default(left), by_default(right), node, env)
            return Choice((usual, UNKNOWN), usual=True) if isinstance(usual, Const) else UNKNOWN
        case _:
            deps = deps_of(left) | deps_of(right)
            return (
                Tensor(deps)
                if deps and not (isinstance(left, Const) and isinstance(left.value, str))
                else Unknown(deps)
            )


def _are_numbers(left: Value, right: Value) -> bool:
    """Whether flags and constants come to numbers in a run without flags."""
    return all(isinstance(constant(by_default(side)), int | float) for side in (left, right))


def _small(op: str, left: Any, right: Any) -> bool:
    """Whether a constant operation is cheap enough to be done here."""
    if op == "**":
        return isinstance(right, (int, float)) and abs(right) <= 64
    if op in ("*", "<<"):
        sizes = [len(side) for side in (left, right) if isinstance(side, (str, bytes, tuple, list))]
        times = [abs(side) for side in (left, right) if isinstance(side, int)]
        return max(sizes) * max(times, default=1) <= 100_000 if sizes else max(times, default=0) < 1 << 62
    return True


_COMPARISONS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "<": ("lt", operator.lt),
    "<=": ("le", operator.le),
    ">": ("gt", operator.gt),
    ">=": ("ge", operator.ge),
    "==": ("eq", operator.eq),
    "!=": ("ne", operator.ne),
}


def compare(run: Interpreter, node: nodes.Compare, env: Env) -> Value:
    left = run.evaluate(node.left, env)
    result: Value = Const(True)
    for op, right_node in node.ops:
        right = run.evaluate(right_node, env)
        result = compared(run, op, left, right, node, env)
        if truth(result) is False:
            return result
        left = right
    return result


def compared(run: Interpreter, op: str, left: Value, right: Value, node: nodes.NodeNG, env: Env) -> Value:
    """One comparison of two values."""
    match op:
        case "is" | "is not":
            same = _identical(left, right)
            return UNKNOWN if same is None else Const(same is (op == "is"))
        case "in" | "not in":
            found = _contains(run, right, left, node, env)
            return UNKNOWN if found is None else Const(found is (op == "in"))
    name, function = _COMPARISONS[op]
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            return Const(bool(function(left.value, right.value)))
        except TypeError:
            return UNKNOWN
    if op in ("==", "!=") and (is_none(left) or is_none(right)):
        same = _identical(left, right)
        return UNKNOWN if same is None else Const(same is (op == "=="))
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        call = run.add_call(f"operator.{name}", op, Arguments((left, right)), env.module.span(node))
        return Tensor(frozenset({call.id}), "bool", shapes.broadcast(left, right))
    if isinstance(left, Sequence) and isinstance(right, Sequence) and left.complete and right.complete:
        unequal = len(left.items) != len(right.items) and op in ("==", "!=")
        return Const(op == "!=") if unequal else UNKNOWN
    return Unknown(deps_of(left) | deps_of(right))


def _identical(left: Value, right: Value) -> bool | None:
    match left, right:
        case Const(), Const():
            return left.value is right.value or (left.value == right.value and type(left.value) is type(right.value))
        case (Unknown(), _) | (_, Unknown()) | (Choice(), _) | (_, Choice()) | (ApiMethod(), _) | (_, ApiMethod()):
            return None
        case (Const(value=None), Api(name=name)) | (Api(name=name), Const(value=None)):
            return False if name.startswith("tensorflow") else None
        case (Const(value=None), _) | (_, Const(value=None)):
            return False
        case _:
            return True if left is right else None


def _contains(run: Interpreter, owner: Value, key: Value, node: nodes.NodeNG, env: Env) -> bool | None:
    if not isinstance(key, Const):
        return None
    match owner:
        case Mapping():
            if owner.tag == "features" and isinstance(key.value, str):
                given = True if key.value in owner.entries else (False if owner.complete else None)
                run.record.reads.append(FeatureRead(key.value, env.module.span(node), run.certainty, given, True))
            return True if key.value in owner.entries else (False if owner.complete else None)
        case Sequence():
            if any(isinstance(value, Const) and value.value == key.value for value in owner.items):
                return True
            return False if owner.complete and all(isinstance(value, Const) for value in owner.items) else None
        case Const(value=str() | tuple() as content):
            return key.value in content if isinstance(content, tuple) or isinstance(key.value, str) else None
        case _:
            return None
