"""Expressions: names, attributes, items, operators, displays and comprehensions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from astroid import nodes

from analyzer.findings import Certainty
from analyzer.reading import classes, pythonlib, shapes, statements
from analyzer.reading.names import external
from analyzer.reading.record import FeatureRead, TaggedUse
from analyzer.reading.values import (
    UNKNOWN,
    Api,
    ApiMethod,
    Arguments,
    Array,
    Builtin,
    Choice,
    Const,
    Env,
    Function,
    Instance,
    Mapping,
    ModuleValue,
    Sequence,
    Super,
    Tensor,
    Unknown,
    UserClass,
    UserObject,
    Value,
    constant,
    deps_of,
    is_none,
    join,
    truth,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

LONGEST_DISPLAY = 2000
MODES = {"TRAIN": "train", "EVAL": "eval", "PREDICT": "infer", "INFER": "infer"}
DTYPES = frozenset(
    "float16 float32 float64 half double bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool bool_ string "
    "complex64 complex128 qint8 quint8 resource variant".split()
)
_DTYPE_NAMES = {"half": "float16", "double": "float64", "bool_": "bool", "float": "float64", "int": "int64", "str": "string"}


def evaluate(run: Interpreter, node: nodes.NodeNG, env: Env) -> Value:
    """The abstract value of an expression."""
    handler = _HANDLERS.get(type(node))
    if handler is None or not run.spend(env.module):
        return UNKNOWN
    try:
        return handler(run, node, env)
    except RecursionError:
        run.record.limit(f"{env.module.path.name}:{node.lineno}: an expression nested too deeply to follow")
        return UNKNOWN


def iterate(value: Value) -> list[Value] | None:
    """The items of an iteration, where all of them are known."""
    match value:
        case Sequence() if value.complete:
            return list(value.items)
        case Mapping() if value.complete:
            return [Const(key) for key in value.entries]
        case Const(value=str() | tuple() | range() as content) if len(content) <= 256:
            return [Const(item) for item in content]
        case _:
            return None


def dtype_of(value: Value | None) -> str | None:
    """The dtype that a dtype argument names."""
    match value:
        case Const(value=str(name)):
            name = name.lstrip("<=>|")
            name = {"f4": "float32", "f8": "float64", "i4": "int32", "i8": "int64"}.get(name, name)
        case Api(name=dotted):
            name = dotted.rpartition(".")[2]
        case Builtin(name=name):
            pass
        case _:
            return None
    name = _DTYPE_NAMES.get(name, name)
    return name if name in DTYPES else None


def _name(run: Interpreter, node: nodes.Name, env: Env) -> Value:
    if (value := env.lookup(node.name)) is not None:
        return value
    return Builtin(node.name) if node.name in pythonlib.BUILTINS else UNKNOWN


def _const(run: Interpreter, node: nodes.Const, env: Env) -> Value:
    return Const(node.value)


def _attribute(run: Interpreter, node: nodes.Attribute, env: Env) -> Value:
    return attribute(run, run.evaluate(node.expr, env), node.attrname, node, env)


def attribute(run: Interpreter, owner: Value, name: str, node: nodes.NodeNG, env: Env) -> Value:
    """`owner.name`."""
    match owner:
        case Api():
            return _api_attribute(owner, name)
        case ModuleValue():
            if (value := owner.env.variables.get(name)) is not None:
                return value
            child = run.project.imported(owner.module.path, name, 1) if owner.module.path.stem == "__init__" else None
            return ModuleValue(child, run.run_module(child)) if child else UNKNOWN
        case UserObject() | UserClass() | Super():
            return classes.attribute(run, owner, name, node, env)
        case Instance():
            if name in owner.attributes:
                return owner.attributes[name]
            if (given := owner.arguments.get(name)) is not None and not owner.api.startswith("tensorflow.keras"):
                return given
            return ApiMethod(owner, name, deps=owner.deps)
        case Tensor() | Array():
            return _tensor_attribute(owner, name)
        case Mapping() | Sequence() | Const():
            if is_none(owner) and isinstance(owner, Const) and owner.tag:
                run.record.uses.append(
                    TaggedUse(owner.tag, f".{name}", env.module.span(node), run.certainty, owner, run.trail)
                )
            return Builtin(name, owner, deps_of(owner))
        case Choice():
            options = [attribute(run, option, name, node, env) for option in owner.options if not is_none(option)]
            return _joined(options, owner)
        case ApiMethod():
            return ApiMethod(owner.owner, f"{owner.name}.{name}", deps=owner.deps)
        case Unknown(tag=tag) if tag:
            return Builtin(name, owner, owner.deps)
        case _:
            return Unknown(deps_of(owner))


def _api_attribute(owner: Api, name: str) -> Value:
    dotted = f"{owner.name}.{name}"
    if owner.name.endswith("ModeKeys"):
        return Const(MODES.get(name, name.lower()))
    spelled = f"{owner.spelled or owner.name}.{name}"
    return Api(external(dotted) or dotted, spelled, owner.deps)


def _tensor_attribute(owner: Tensor | Array, name: str) -> Value:
    match name:
        case "shape":
            return shapes.as_value(owner.shape)
        case "dtype":
            return Const(owner.dtype) if owner.dtype else UNKNOWN
        case "name" | "op" | "graph" | "device":
            return UNKNOWN
        case "T" if isinstance(owner, Array):
            return Array(owner.dtype, owner.shape[::-1] if owner.shape else None, owner.origin, owner.deps)
        case _:
            return ApiMethod(owner, name, deps=owner.deps)


def _joined(options: list[Value], owner: Value) -> Value:
    if not options:
        return Unknown(deps_of(owner))
    result = options[0]
    for option in options[1:]:
        result = join(result, option)
    return result


def _subscript(run: Interpreter, node: nodes.Subscript, env: Env) -> Value:
    return subscript(run, node, env)


def subscript(run: Interpreter, node: nodes.Subscript, env: Env) -> Value:
    """`owner[key]`."""
    return item(run, run.evaluate(node.value, env), run.evaluate(node.slice, env), node, env)


def item(run: Interpreter, owner: Value, key: Value, node: nodes.NodeNG, env: Env) -> Value:
    match owner:
        case Mapping():
            return read(run, owner, key, node, env)
        case Sequence():
            return _sequence_item(owner, key)
        case Tensor():
            call = run.add_call("operator.getitem", "[...]", Arguments((owner, key)), env.module.span(node))
            return Tensor(frozenset({call.id}), owner.dtype, shapes.sliced(owner.shape, key))
        case Array():
            return Array(owner.dtype, None, owner.origin, owner.deps)
        case Unknown(tag="features") if isinstance(key, Const) and isinstance(key.value, str):
            run.record.reads.append(FeatureRead(key.value, env.module.span(node), run.certainty, None))
            return Tensor(owner.deps)
        case Const(value=None, tag=tag) if tag:
            run.record.uses.append(TaggedUse(tag, "[...]", env.module.span(node), run.certainty, owner, run.trail))
            return UNKNOWN
        case Const(value=str() | tuple() | list() | dict() as content) if isinstance(key, Const):
            try:
                return Const(content[key.value])
            except (LookupError, TypeError):
                return UNKNOWN
        case Choice():
            options = [item(run, option, key, node, env) for option in owner.options if not is_none(option)]
            return _joined(options, owner)
        case ApiMethod() | Instance():
            return Tensor(deps_of(owner)) if deps_of(owner) else Unknown()
        case _:
            return Unknown(deps_of(owner))


def read(run: Interpreter, owner: Mapping, key: Value, node: nodes.NodeNG, env: Env, optional: bool = False) -> Value:
    """An entry of a dict; reads of `features` are recorded with what was known of the key."""
    if not isinstance(key, Const):
        return Unknown(deps_of(owner))
    try:
        known = owner.entries.get(key.value)
    except TypeError:
        return UNKNOWN
    if owner.tag == "features" and isinstance(key.value, str):
        given = True if known is not None else (False if owner.complete else None)
        certainty = run.certainty
        run.record.reads.append(FeatureRead(key.value, env.module.span(node), certainty, given, optional))
    if known is not None:
        return known
    return Tensor(owner.deps) if owner.tag == "features" else Unknown(deps_of(owner))


def _sequence_item(owner: Sequence, key: Value) -> Value:
    match key:
        case Const(value=int(index)) if -len(owner.items) <= index < len(owner.items):
            return owner.items[index]
        case Const(value=slice() as cut) if owner.complete:
            return Sequence(owner.kind, owner.items[cut], owner.complete, owner.deps)
        case _:
            if owner.items and all(isinstance(value, Tensor) for value in owner.items):
                return Tensor(deps_of(owner))
            return _joined(owner.items[:4], owner) if owner.items and len(owner.items) <= 4 else Unknown(deps_of(owner))


def _slice(run: Interpreter, node: nodes.Slice, env: Env) -> Value:
    parts = [run.evaluate(part, env) if part is not None else Const(None) for part in (node.lower, node.upper, node.step)]
    if all(isinstance(part, Const) for part in parts):
        return Const(slice(*(constant(part) for part in parts)))
    deps = frozenset().union(*(deps_of(part) for part in parts))
    return Unknown(deps)


def _display(run: Interpreter, node: nodes.List | nodes.Tuple | nodes.Set, env: Env) -> Value:
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


def _dict(run: Interpreter, node: nodes.Dict, env: Env) -> Value:
    result = Mapping()
    for key_node, value_node in node.items[:LONGEST_DISPLAY]:
        value = run.evaluate(value_node, env)
        if isinstance(key_node, nodes.DictUnpack):
            pythonlib.update(result, value)
            continue
        key = run.evaluate(key_node, env)
        if isinstance(key, Const) and isinstance(key.value, str | int | float | bool | bytes | None):
            result.entries[key.value] = value
            result.spans[key.value] = env.module.span(key_node)
        else:
            result.complete = False
            result.deps |= deps_of(value)
    return result


def _if_exp(run: Interpreter, node: nodes.IfExp, env: Env) -> Value:
    answer = test(run, node.test, env)
    if answer is not None:
        return run.evaluate(node.body if answer else node.orelse, env)
    certainty, run.certainty = run.certainty, Certainty.MAYBE
    result = join(run.evaluate(node.body, env), run.evaluate(node.orelse, env))
    run.certainty = certainty
    return result


def test(run: Interpreter, node: nodes.NodeNG, env: Env) -> bool | None:
    """Whether an expression used as a test is true; None where that cannot be known."""
    match node:
        case nodes.UnaryOp(op="not"):
            answer = test(run, node.operand, env)
            return None if answer is None else not answer
        case nodes.BoolOp():
            decides = node.op == "or"
            certainty, known = run.certainty, True
            for operand in node.values:
                answer = test(run, operand, env)
                if answer is decides:
                    run.certainty = certainty
                    return decides
                if answer is None:
                    known, run.certainty = False, Certainty.MAYBE
            run.certainty = certainty
            return not decides if known else None
        case _:
            return truth(run.evaluate(node, env))


def _bool_op(run: Interpreter, node: nodes.BoolOp, env: Env) -> Value:
    """`and` and `or` used for their value: every operand it may be."""
    decides = node.op == "or"
    certainty, possible = run.certainty, []
    for operand in node.values:
        value = run.evaluate(operand, env)
        answer = truth(value)
        if answer is not (not decides) or operand is node.values[-1]:
            possible.append(value)
        if answer is decides:
            break
        if answer is None:
            run.certainty = Certainty.MAYBE
    run.certainty = certainty
    return _joined(possible, UNKNOWN)


def _unary(run: Interpreter, node: nodes.UnaryOp, env: Env) -> Value:
    if node.op == "not":
        answer = test(run, node.operand, env)
        return UNKNOWN if answer is None else Const(not answer)
    value = run.evaluate(node.operand, env)
    if isinstance(value, Const):
        try:
            return Const({"-": operator.neg, "+": operator.pos, "~": operator.invert}[node.op](value.value))
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


def _bin_op(run: Interpreter, node: nodes.BinOp, env: Env) -> Value:
    return operate(run, node.op, run.evaluate(node.left, env), run.evaluate(node.right, env), node, env)


def operate(run: Interpreter, op: str, left: Value, right: Value, node: nodes.NodeNG, env: Env) -> Value:
    """A binary operator; on a tensor it is a call of the graph like any other."""
    name, function = OPERATORS[op]
    for side in (left, right):
        if isinstance(side, Mapping | Unknown | Const) and side.tag and (is_none(side) or not isinstance(side, Const)):
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
        case Sequence(), Const(value=int(times)) if op == "*" and len(left.items) * times <= LONGEST_DISPLAY:
            return Sequence(left.kind, left.items * times, left.complete, left.deps)
        case (Array() as array, _) | (_, Array() as array):
            return Array(array.dtype, None, array.origin, deps_of(left) | deps_of(right))
        case _:
            deps = deps_of(left) | deps_of(right)
            return Tensor(deps) if deps and not (isinstance(left, Const) and isinstance(left.value, str)) else Unknown(deps)


def _small(op: str, left: Any, right: Any) -> bool:
    """Whether a constant operation is cheap enough to be done here."""
    if op == "**":
        return isinstance(right, int | float) and abs(right) <= 64
    if op in ("*", "<<"):
        size = max((len(side) for side in (left, right) if isinstance(side, str | bytes | tuple)), default=1)
        times = max((abs(side) for side in (left, right) if isinstance(side, int)), default=1)
        return size * min(times, 1 << 62) <= 100_000 if size > 1 else times < 1 << 62
    return True


_COMPARISONS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "<": ("lt", operator.lt),
    "<=": ("le", operator.le),
    ">": ("gt", operator.gt),
    ">=": ("ge", operator.ge),
    "==": ("eq", operator.eq),
    "!=": ("ne", operator.ne),
}


def _compare(run: Interpreter, node: nodes.Compare, env: Env) -> Value:
    left = run.evaluate(node.left, env)
    result: Value = Const(True)
    for op, right_node in node.ops:
        right = run.evaluate(right_node, env)
        result = _compared(run, op, left, right, node, env)
        if truth(result) is False:
            return result
        left = right
    return result


def _compared(run: Interpreter, op: str, left: Value, right: Value, node: nodes.NodeNG, env: Env) -> Value:
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
    if isinstance(left, Sequence) and isinstance(right, Sequence) and op in ("==", "!="):
        if len(left.items) != len(right.items) and left.complete and right.complete:
            return Const(op == "!=")
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


def _call(run: Interpreter, node: nodes.Call, env: Env) -> Value:
    callee = run.evaluate(node.func, env)
    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    spans: dict[int | str, Any] = {}
    is_open = False
    for argument in node.args:
        if isinstance(argument, nodes.Starred):
            spread = run.evaluate(argument.value, env)
            items = iterate(spread)
            positional += items if items is not None else [Unknown(deps_of(spread))]
            is_open = is_open or items is None
        else:
            spans[len(positional)] = env.module.span(argument)
            positional.append(run.evaluate(argument, env))
    for keyword in node.keywords:
        value = run.evaluate(keyword.value, env)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
            spans[keyword.arg] = env.module.span(keyword.value)
        elif isinstance(value, Mapping):
            keywords |= {key: item for key, item in value.entries.items() if isinstance(key, str)}
            is_open = is_open or not value.complete
        else:
            is_open = True
    return run.call(callee, Arguments(tuple(positional), keywords, is_open, spans), node, env)


def _lambda(run: Interpreter, node: nodes.Lambda, env: Env) -> Value:
    return statements.make_function(run, node, env, "<lambda>")


def _comprehension(run: Interpreter, node: nodes.ListComp | nodes.SetComp | nodes.GeneratorExp, env: Env) -> Value:
    kind = "set" if isinstance(node, nodes.SetComp) else "list"
    result = Sequence(kind, [])
    result.complete = _turns(run, node.generators, env, lambda scope: result.items.append(run.evaluate(node.elt, scope)))
    return result


def _dict_comprehension(run: Interpreter, node: nodes.DictComp, env: Env) -> Value:
    result = Mapping()

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
        answers = [test(run, condition, scope) for condition in first.ifs]
        if False in answers:
            continue
        complete = _turns(run, rest, scope, each) and complete and None not in answers
    return complete


def _joined_str(run: Interpreter, node: nodes.JoinedStr, env: Env) -> Value:
    parts = [run.evaluate(part, env) for part in node.values]
    if all(isinstance(part, Const) for part in parts):
        return Const("".join(str(constant(part)) for part in parts))
    return UNKNOWN


def _formatted(run: Interpreter, node: nodes.FormattedValue, env: Env) -> Value:
    value = run.evaluate(node.value, env)
    plain = node.format_spec is None and isinstance(value, Const)
    return Const(str(value.value)) if plain and isinstance(value, Const) else UNKNOWN


def _named(run: Interpreter, node: nodes.NamedExpr, env: Env) -> Value:
    value = run.evaluate(node.value, env)
    statements.bind(run, node.target, value, env)
    return value


def _yield(run: Interpreter, node: nodes.Yield, env: Env) -> Value:
    if node.value is not None:
        value = run.evaluate(node.value, env)
        if run.yields:
            run.yields[-1].append(value)
    return UNKNOWN


_HANDLERS: dict[type[nodes.NodeNG], Callable[[Interpreter, Any, Env], Value]] = {
    nodes.Name: _name,
    nodes.Const: _const,
    nodes.Attribute: _attribute,
    nodes.Subscript: _subscript,
    nodes.Slice: _slice,
    nodes.List: _display,
    nodes.Tuple: _display,
    nodes.Set: _display,
    nodes.Dict: _dict,
    nodes.IfExp: _if_exp,
    nodes.BoolOp: _bool_op,
    nodes.UnaryOp: _unary,
    nodes.BinOp: _bin_op,
    nodes.Compare: _compare,
    nodes.Call: _call,
    nodes.Lambda: _lambda,
    nodes.ListComp: _comprehension,
    nodes.SetComp: _comprehension,
    nodes.GeneratorExp: _comprehension,
    nodes.DictComp: _dict_comprehension,
    nodes.JoinedStr: _joined_str,
    nodes.FormattedValue: _formatted,
    nodes.NamedExpr: _named,
    nodes.Yield: _yield,
    nodes.YieldFrom: _yield,
}
