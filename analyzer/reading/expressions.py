"""Expressions: names, attributes, items, operators, displays and comprehensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from astroid import nodes

from analyzer.findings import Certainty
from analyzer.reading import (
    classes,
    commandline,
    displays,
    imports,
    namespaces,
    operators,
    pythonlib,
    shapes,
    statements,
)
from analyzer.reading.joining import by_default, join, preferring
from analyzer.reading.names import external, is_v1
from analyzer.reading.record import ONE_OF, FeatureRead, TaggedUse
from analyzer.reading.usual import usually
from analyzer.reading.values import (
    UNKNOWN,
    Api,
    ApiMethod,
    Arguments,
    Array,
    Builtin,
    Choice,
    Const,
    Deferred,
    Deps,
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
    iterate,
    truth,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

MODES = {"TRAIN": "train", "EVAL": "eval", "PREDICT": "infer", "INFER": "infer"}
API_CONSTANTS = {
    "DEFAULT_SERVING_SIGNATURE_DEF_KEY": "serving_default",
    "CLASSIFY_INPUTS": "inputs",
    "PREDICT_INPUTS": "inputs",
    "REGRESS_INPUTS": "inputs",
}
"""Strings that TensorFlow gives a name (`tf.saved_model`, `signature_constants`)."""


def look_up(run: Interpreter, name: str, env: Env) -> Value | None:
    """The value of a name; what it was imported from is read now."""
    scope: Env | None = env
    while scope is not None:
        if (value := scope.variables.get(name)) is not None:
            if isinstance(value, Deferred):
                value = scope.variables[name] = imports.resolve(run, value)
            return value
        scope = scope.parent
    return None


def _name(run: Interpreter, node: nodes.Name, env: Env) -> Value:
    if (value := look_up(run, node.name, env)) is not None:
        return value
    return Builtin(node.name) if node.name in pythonlib.BUILTINS else UNKNOWN


def _const(run: Interpreter, node: nodes.Const, env: Env) -> Value:
    return Const(node.value)


def _attribute(run: Interpreter, node: nodes.Attribute, env: Env) -> Value:
    return attribute(run, run.evaluate(node.expr, env), node.attrname, node, env)


def attribute(run: Interpreter, owner: Value, name: str, node: nodes.NodeNG, env: Env) -> Value:
    """`owner.name`."""
    match owner:
        case Api(name=dotted) if dotted.endswith("flags.FLAGS"):
            return _flag(run, name)
        case Api():
            return _api_attribute(owner, name)
        case ModuleValue():
            return imports.member(run, owner, name)
        case UserObject() if name == "updates" and (base := classes.library_base(owner.cls)) is not None:
            return _updates(run, owner, base.name, node, env)
        case UserObject() | UserClass() | Super():
            return classes.attribute(run, owner, name, node, env)
        case Instance():
            if name in owner.attributes and owner.api != commandline.PARSER:
                return owner.attributes[name]
            if owner.api == commandline.NAMESPACE:
                return commandline.as_dict(owner) if name == "__dict__" else UNKNOWN
            if (given := owner.arguments.get(name)) is not None and not owner.api.startswith("tensorflow.keras"):
                return given
            if name == "__dict__" and (kept := namespaces.dict_of(owner)) is not None:
                return kept
            if name == "updates" and (".layers." in owner.api or ".keras." in owner.api):
                return _updates(run, owner, owner.api, node, env)
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


def _updates(run: Interpreter, owner: Value, api: str, node: nodes.NodeNG, env: Env) -> Value:
    """`layer.updates`, what moves its averages: recorded like a call."""
    call = run.add_call(f"{api}.updates", "", Arguments(), env.module.span(node), owner=owner)
    return Sequence("list", [], complete=False, deps=frozenset({call.id}))


def _flag(run: Interpreter, name: str) -> Value:
    """A command-line flag: its default, or anything."""
    return Choice((run.flags[name], UNKNOWN), usual=True) if name in run.flags else UNKNOWN


def _api_attribute(owner: Api, name: str) -> Value:
    dotted = f"{owner.name}.{name}"
    if owner.name.endswith("ModeKeys"):
        return Const(MODES.get(name, name.lower()))
    if name in API_CONSTANTS:
        return Const(API_CONSTANTS[name])
    spelled = f"{owner.spelled or owner.name}.{name}"
    return Api(external(dotted) or dotted, spelled, owner.deps, owner.v1 or is_v1(dotted))


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
    usual = isinstance(owner, Choice) and owner.usual and not is_none(owner.options[0])
    return preferring(options[0], result) if usual else result


def _subscript(run: Interpreter, node: nodes.Subscript, env: Env) -> Value:
    return subscript(run, node, env)


def subscript(run: Interpreter, node: nodes.Subscript, env: Env) -> Value:
    """`owner[key]`."""
    return item(run, run.evaluate(node.value, env), run.evaluate(node.slice, env), node, env)


def item(run: Interpreter, owner: Value, key: Value, node: nodes.NodeNG, env: Env) -> Value:
    if (named := namespaces.item(owner, key)) is not None:
        return named
    match owner:
        case UserObject() if isinstance(classes.member(owner.cls, "__getitem__"), Function):
            return run.call(classes.attribute(run, owner, "__getitem__", node, env), Arguments((key,)), node, env)
        case Mapping():
            return read(run, owner, by_default(key), node, env)
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
        return Unknown(_one_of(run, deps_of(owner), node, env))
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
    if owner.tag == "params" and owner.complete and not optional:
        how = f"params[{key.value!r}]"
        run.record.uses.append(TaggedUse("params", how, env.module.span(node), run.certainty, key, run.trail))
    deps = _one_of(run, owner.deps, node, env)
    return Tensor(deps) if owner.tag == "features" else Unknown(deps)


def _one_of(run: Interpreter, deps: Deps, node: nodes.NodeNG, env: Env) -> Deps:
    """What an entry depends on, of which it is only known that it is among several."""
    if len(deps) < 2:
        return deps
    return frozenset({run.add_call(ONE_OF, ONE_OF, Arguments(), env.module.span(node), extra=deps).id})


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
    parts = [
        run.evaluate(part, env) if part is not None else Const(None) for part in (node.lower, node.upper, node.step)
    ]
    if all(isinstance(part, Const) for part in parts):
        return Const(slice(*(constant(part) for part in parts)))
    deps = frozenset().union(*(deps_of(part) for part in parts))
    return Unknown(deps)


def _if_exp(run: Interpreter, node: nodes.IfExp, env: Env) -> Value:
    answer = test(run, node.test, env)
    if answer is not None:
        return run.evaluate(node.body if answer else node.orelse, env)
    certainty, usual = run.certainty, usually(run, node.test, env)
    run.certainty = certainty if usual is True else Certainty.MAYBE
    body = run.evaluate(node.body, env)
    run.certainty = certainty if usual is False else Certainty.MAYBE
    other = run.evaluate(node.orelse, env)
    run.certainty = certainty
    joined = join(body, other)
    return joined if usual is None else preferring(body if usual else other, joined)


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
    """`and` and `or` used for their value: every operand it may be, first the one that flags choose by default."""
    decides = node.op == "or"
    certainty, possible = run.certainty, []
    usual: Value | None = None
    for operand in node.values:
        value = run.evaluate(operand, env)
        answer = truth(value)
        if usual is None or truth(usual) is (not decides):
            usual = by_default(value)
        if answer is not (not decides) or operand is node.values[-1]:
            possible.append(value)
        if answer is decides:
            break
        if answer is None:
            run.certainty = Certainty.MAYBE
    run.certainty = certainty
    result = _joined(possible, UNKNOWN)
    return preferring(usual, result) if isinstance(usual, Const) else result


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
    value = run.evaluate(node.value, env) if node.value is not None else Const(None)
    if run.at_yield is not None:
        run.at_yield(value)
    elif node.value is not None:
        _yielded(run, [value])
    return UNKNOWN


def _yield_from(run: Interpreter, node: nodes.YieldFrom, env: Env) -> Value:
    source = run.evaluate(node.value, env)
    items = source.items if isinstance(source, Sequence) else iterate(source) or []
    _yielded(run, items, complete=iterate(source) is not None)
    return UNKNOWN


def _yielded(run: Interpreter, items: list[Value], complete: bool = True) -> None:
    """Items of the generator being run; all of them are known only while each is certainly yielded."""
    if run.yields:
        run.yields[-1].items += items
        if not complete or run.certainty is Certainty.MAYBE:
            run.yields[-1].complete = False


HANDLERS: dict[type[nodes.NodeNG], Callable[[Interpreter, Any, Env], Value]] = {
    nodes.Name: _name,
    nodes.Const: _const,
    nodes.Attribute: _attribute,
    nodes.Subscript: _subscript,
    nodes.Slice: _slice,
    nodes.List: displays.display,
    nodes.Tuple: displays.display,
    nodes.Set: displays.display,
    nodes.Dict: displays.dict_display,
    nodes.IfExp: _if_exp,
    nodes.BoolOp: _bool_op,
    nodes.UnaryOp: operators.unary,
    nodes.BinOp: operators.binary,
    nodes.Compare: operators.compare,
    nodes.Call: _call,
    nodes.Lambda: _lambda,
    nodes.ListComp: displays.comprehension,
    nodes.SetComp: displays.comprehension,
    nodes.GeneratorExp: displays.comprehension,
    nodes.DictComp: displays.dict_comprehension,
    nodes.JoinedStr: _joined_str,
    nodes.FormattedValue: _formatted,
    nodes.NamedExpr: _named,
    nodes.Yield: _yield,
    nodes.YieldFrom: _yield_from,
}
