"""Statements: assignment, branches, loops, definitions, imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from types import NoneType
from typing import TYPE_CHECKING, Any

from astroid import nodes

from analyzer.findings import Certainty
from analyzer.reading import (
    autograph,
    branches,
    converters,
    expressions,
    imports,
    managers,
    namespaces,
    operators,
    scopes,
)
from analyzer.reading.joining import join
from analyzer.reading.usual import usually
from analyzer.reading.values import (
    UNKNOWN,
    Api,
    Arguments,
    Array,
    Builtin,
    Choice,
    Const,
    Env,
    Function,
    Instance,
    Managed,
    Mapping,
    Partial,
    Sequence,
    Tensor,
    Unknown,
    UserClass,
    UserObject,
    Value,
    deps_of,
    iterate,
    with_deps,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

MOST_TURNS = 64
"""Turns of a loop over known items that are followed one by one."""


class Flow(Enum):
    """How a block ended."""

    NEXT = 0
    RETURN = 1
    RAISE = 2
    BREAK = 3
    CONTINUE = 4


@dataclass(slots=True)
class Frame:
    """What the function being run has returned so far, and where it raised."""

    returns: list[Value] = field(default_factory=list)
    raised: nodes.Raise | None = None
    usual: Value | None = None
    """What is returned where nothing unknown stands before it: in a run without flags."""


def execute(run: Interpreter, body: Iterable[nodes.NodeNG], env: Env, frame: Frame) -> Flow:
    """Runs a block; the rest of it is skipped once it certainly left."""
    for node in body:
        if not run.spend(env.module):
            return Flow.NEXT
        handler = _HANDLERS.get(type(node))
        if handler and (flow := handler(run, node, env, frame)) is not Flow.NEXT:
            return flow
    return Flow.NEXT


def _expr(run: Interpreter, node: nodes.Expr, env: Env, frame: Frame) -> Flow:
    run.evaluate(node.value, env)
    return Flow.NEXT


def _return(run: Interpreter, node: nodes.Return, env: Env, frame: Frame) -> Flow:
    value = run.evaluate(node.value, env) if node.value else Const(None)
    frame.returns.append(value)
    if run.certainty is Certainty.CERTAIN:
        frame.usual = value
    return Flow.RETURN


def _raise(run: Interpreter, node: nodes.Raise, env: Env, frame: Frame) -> Flow:
    frame.raised = node
    return Flow.RAISE


def _break(run: Interpreter, node: nodes.Break, env: Env, frame: Frame) -> Flow:
    return Flow.BREAK


def _continue(run: Interpreter, node: nodes.Continue, env: Env, frame: Frame) -> Flow:
    return Flow.CONTINUE


def _assign(run: Interpreter, node: nodes.Assign, env: Env, frame: Frame) -> Flow:
    value = run.evaluate(node.value, env)
    for target in node.targets:
        bind(run, target, value, env)
    return Flow.NEXT


def _ann_assign(run: Interpreter, node: nodes.AnnAssign, env: Env, frame: Frame) -> Flow:
    if node.value is not None:
        bind(run, node.target, run.evaluate(node.value, env), env)
    return Flow.NEXT


def _aug_assign(run: Interpreter, node: nodes.AugAssign, env: Env, frame: Frame) -> Flow:
    match node.target:
        case nodes.AssignName(name=name):
            left: Value = expressions.look_up(run, name, env) or UNKNOWN
        case nodes.AssignAttr():
            left = expressions.attribute(
                run, run.evaluate(node.target.expr, env), node.target.attrname, node.target, env
            )
        case _:
            left = expressions.subscript(run, node.target, env)
    right = run.evaluate(node.value, env)
    if isinstance(left, Sequence) and isinstance(right, Sequence) and node.op == "+=":
        left.items.extend(right.items)
        left.complete = left.complete and right.complete
        return Flow.NEXT
    bind(run, node.target, operators.operate(run, node.op[:-1], left, right, node, env), env)
    return Flow.NEXT


def bind(run: Interpreter, target: nodes.NodeNG, value: Value, env: Env) -> None:
    """Assigns a value to a target: a name, an attribute, an item, or a pattern of them."""
    match target:
        case nodes.AssignName():
            env.assign(target.name, value)
        case nodes.AssignAttr():
            owner = run.evaluate(target.expr, env)
            if target.attrname == "__dict__":
                namespaces.replace_dict(owner, value)
            else:
                _bind_attribute(run, owner, target, value, env)
        case nodes.Subscript():
            owner, key = run.evaluate(target.value, env), run.evaluate(target.slice, env)
            _bind_item(_items_of(owner), key, value, run.certainty)
            if isinstance(owner, Mapping) and isinstance(key, Const) and isinstance(key.value, str):
                owner.spans[key.value] = env.module.span(target)
        case nodes.Tuple() | nodes.List():
            _unpack(run, target.elts, value, env)
        case nodes.Starred():
            bind(run, target.value, value, env)


def _bind_attribute(run: Interpreter, owner: Value, target: nodes.AssignAttr, value: Value, env: Env) -> None:
    match owner:
        case UserObject() | Instance():
            if isinstance(owner, Instance) and owner.api in converters.SETTABLE:
                converters.note_setting(run, owner, target, value, env)
            known = owner.attributes.get(target.attrname)
            maybe = run.certainty is Certainty.MAYBE and known is not None
            owner.attributes[target.attrname] = join(known, value) if known is not None and maybe else value
        case UserClass():
            owner.members.variables[target.attrname] = value
        case Choice():
            certainty, run.certainty = run.certainty, Certainty.MAYBE
            for option in owner.options:
                _bind_attribute(run, option, target, value, env)
            run.certainty = certainty
        case _:
            return


def _items_of(owner: Value) -> Value:
    """What `owner[key] = value` writes to: of a namespace its attributes."""
    return namespaces.dict_of(owner) or owner


def _bind_item(owner: Value, key: Value, value: Value, certainty: Certainty) -> None:
    match owner, key:
        case Mapping(), Const() if isinstance(key.value, (str, int, float, bool, NoneType)):
            known = owner.entries.get(key.value)
            owner.entries[key.value] = (
                join(known, value) if known is not None and certainty is Certainty.MAYBE else value
            )
        case Mapping(), _:
            owner.complete = False
            owner.deps |= deps_of(value)
        case Sequence(), Const(value=int(index)) if -len(owner.items) <= index < len(owner.items):
            owner.items[index] = value
        case Sequence(), _:
            owner.deps |= deps_of(value)
        case _:
            return


def _unpack(run: Interpreter, targets: list[nodes.NodeNG], value: Value, env: Env) -> None:
    items: list[Value] | None = None
    match value:
        case Sequence() if len(value.items) == len(targets) or any(isinstance(t, nodes.Starred) for t in targets):
            items = value.items
        case Const(value=tuple() | list() | str() as content) if len(content) == len(targets):
            items = [Const(item) for item in content]
        case Instance() if value.attributes and len(value.attributes) == len(targets):
            items = list(value.attributes.values())
        case Choice():
            sequences = [option for option in value.options if isinstance(option, Sequence)]
            if len(sequences) == len(value.options) and all(len(s.items) == len(targets) for s in sequences):
                items = [_join_all([s.items[i] for s in sequences]) for i in range(len(targets))]
    star = next((i for i, target in enumerate(targets) if isinstance(target, nodes.Starred)), None)
    for index, target in enumerate(targets):
        if items is None:
            part = any_item(value)
        elif star is None or index < star:
            part = items[index] if index < len(items) else UNKNOWN
        elif index == star:
            part = Sequence("list", items[star : len(items) - (len(targets) - star - 1)])
        else:
            offset = index - len(targets)
            part = items[offset] if -offset <= len(items) else UNKNOWN
        bind(run, target, part, env)


def _join_all(values: list[Value]) -> Value:
    result = values[0]
    for value in values[1:]:
        result = join(result, value)
    return result


def any_item(value: Value) -> Value:
    """An item of something whose items are not known one by one."""
    match value:
        case Tensor():
            return Tensor(value.deps, value.dtype)
        case Array():
            return Array(value.dtype, None, value.origin, value.deps)
        case Sequence() if value.items:
            return Unknown(deps_of(value))
        case _:
            return Unknown(deps_of(value))


def always_raises(body: list[nodes.NodeNG]) -> bool:
    return bool(body) and isinstance(body[-1], nodes.Raise)


def _if(run: Interpreter, node: nodes.If, env: Env, frame: Frame) -> Flow:
    answer = expressions.test(run, node.test, env)
    if answer is None and always_raises(node.body):
        answer = False
    if answer is None and always_raises(node.orelse):
        answer = True
    if answer is not None:
        return execute(run, node.body if answer else node.orelse, env, frame)
    if run.autograph and autograph.decides(run, by := run.evaluate(node.test, env)):
        start, before, certainty = len(run.record.calls), dict(env.variables), run.certainty
        returned = len(frame.returns)
        flow = branches.both(run, node.body, node.orelse, env, frame)
        run.certainty = certainty
        made = autograph.record(run, "tensorflow.cond", "if", by, node.test, env, start, before)
        frame.returns[returned:] = [with_deps(value, deps_of(value) | made) for value in frame.returns[returned:]]
        return flow
    return branches.both(run, node.body, node.orelse, env, frame, usually(run, node.test, env))


def _for(run: Interpreter, node: nodes.For, env: Env, frame: Frame) -> Flow:
    iterated = run.evaluate(node.iter, env)
    items = iterate(iterated)
    if items is None or len(items) > MOST_TURNS:
        start, before = len(run.record.calls), dict(env.variables)
        bind(run, node.target, any_item(iterated), env)
        flow = _turn(run, node.body, env, frame)
        if autograph.loops_over(run, iterated):
            autograph.record(run, "tensorflow.while_loop", "for", iterated, node.iter, env, start, before)
        return flow if flow in (Flow.RETURN, Flow.RAISE) and run.certainty is Certainty.CERTAIN else Flow.NEXT
    for item in items:
        bind(run, node.target, item, env)
        match execute(run, node.body, env, frame):
            case Flow.RETURN | Flow.RAISE as flow:
                return flow
            case Flow.BREAK:
                return Flow.NEXT
    return execute(run, node.orelse, env, frame)


def _turn(run: Interpreter, body: list[nodes.NodeNG], env: Env, frame: Frame) -> Flow:
    """A loop's body once, joined with not having run it."""
    before = dict(env.variables)
    if run.yields:
        run.yields[-1].complete = False
    flow = execute(run, body, env, frame)
    if flow is Flow.NEXT:
        env.variables = branches.join_variables(env.variables, before)
    return flow


def _while(run: Interpreter, node: nodes.While, env: Env, frame: Frame) -> Flow:
    for _ in range(MOST_TURNS):
        answer = expressions.test(run, node.test, env)
        if answer is False:
            return execute(run, node.orelse, env, frame)
        if answer is None:
            start, before = len(run.record.calls), dict(env.variables)
            _turn(run, node.body, env, frame)
            if run.autograph and autograph.decides(run, by := run.evaluate(node.test, env)):
                autograph.record(run, "tensorflow.while_loop", "while", by, node.test, env, start, before)
            return Flow.NEXT
        match execute(run, node.body, env, frame):
            case Flow.RETURN | Flow.RAISE as flow:
                return flow
            case Flow.BREAK:
                return Flow.NEXT
    if run.yields:
        run.yields[-1].complete = False
    run.record.limit(f"{env.module.path.name}:{node.lineno}: only {MOST_TURNS} turns of this loop were followed")
    return Flow.NEXT


def _with(run: Interpreter, node: nodes.With, env: Env, frame: Frame) -> Flow:
    return _enter(run, node.items, node.body, env, frame)


def _enter(
    run: Interpreter,
    items: list[tuple[nodes.NodeNG, nodes.NodeNG | None]],
    body: list[nodes.NodeNG],
    env: Env,
    frame: Frame,
) -> Flow:
    """Enters one context manager after another, runs the body in all of them, and leaves them."""
    if not items:
        return execute(run, body, env, frame)
    (manager, target), *others = items

    def inside(entered: Value) -> Flow:
        if target is not None:
            bind(run, target, entered, env)
        return _enter(run, others, body, env, frame)

    value = run.evaluate(manager, env)
    if isinstance(value, Managed):
        return managers.within(run, value, inside)
    control, defaults, names, graph = run.control, len(run.scoped_defaults), run.variable_scopes, run.graph
    scopes.enter(run, value)
    flow = inside(value)
    run.control, run.variable_scopes, run.graph = control, names, graph
    del run.scoped_defaults[defaults:]
    return flow


def _try(run: Interpreter, node: nodes.Try, env: Env, frame: Frame) -> Flow:
    flow = execute(run, node.body, env, frame)
    if flow is Flow.RAISE and node.handlers:
        handler = node.handlers[0]
        if handler.name is not None:
            bind(run, handler.name, UNKNOWN, env)
        flow = execute(run, handler.body, env, frame)
    elif flow is Flow.NEXT:
        flow = execute(run, node.orelse, env, frame)
    final = execute(run, node.finalbody, env, frame)
    return flow if final is Flow.NEXT else final


def _function(run: Interpreter, node: nodes.FunctionDef, env: Env, frame: Frame) -> Flow:
    value: Value = make_function(run, node, env, str(node.name))
    for decorator in reversed(node.decorators.nodes if node.decorators else []):
        value = _decorated(run, run.evaluate(decorator, env), value, decorator, env)
    env.assign(str(node.name), value)
    return Flow.NEXT


def _decorated(run: Interpreter, decorator: Value, function: Value, node: nodes.NodeNG, env: Env) -> Value:
    """What a decorator makes of a function: its result where it is the project's own, else the function as it is."""
    match decorator:
        case Function() | Partial():
            result = run.call(decorator, Arguments((function,)), node, env)
            return function if isinstance(result, Unknown) else result
        case Api(name=name) if name in autograph.TRACERS:
            return autograph.traced(function)
        case Api(name=managers.MAKER) if isinstance(function, Function):
            return managers.made_of(function)
        case Builtin(name="tf.function"):
            return autograph.traced(function)
        case Builtin(name="property" | "staticmethod" | "classmethod" as kind):
            return Builtin(kind, function)
        case _:
            return function


def make_function(run: Interpreter, node: nodes.FunctionDef | nodes.Lambda, env: Env, name: str) -> Function:
    """A function value; its defaults are evaluated now, as Python does."""
    closure = env.parent if env.of_class and env.parent is not None else env
    function = Function(node, closure, name)
    arguments = node.args
    named = [*(arguments.posonlyargs or []), *(arguments.args or [])]
    for parameter, default in zip(reversed(named), reversed(arguments.defaults or []), strict=False):
        function.defaults[parameter.name] = run.evaluate(default, env)
    for parameter, default in zip(arguments.kwonlyargs or [], arguments.kw_defaults or [], strict=False):
        if default is not None:
            function.defaults[parameter.name] = run.evaluate(default, env)
    return function


def _class(run: Interpreter, node: nodes.ClassDef, env: Env, frame: Frame) -> Flow:
    members = Env(env.module, env, of_class=True)
    bases = tuple(run.evaluate(base, env) for base in node.bases)
    execute(run, node.body, members, Frame())
    env.assign(str(node.name), UserClass(node, env, members, bases))
    return Flow.NEXT


def _global(run: Interpreter, node: nodes.Global | nodes.Nonlocal, env: Env, frame: Frame) -> Flow:
    for name in node.names:
        target: Env | None = env.parent
        while target is not None and target.parent is not None:
            if isinstance(node, nodes.Nonlocal) and name in target.variables:
                break
            target = target.parent
        if target is not None:
            env.globals_[name] = target
    return Flow.NEXT


def _import(run: Interpreter, node: nodes.Import, env: Env, frame: Frame) -> Flow:
    imports.plain(run, node, env)
    return Flow.NEXT


def _import_from(run: Interpreter, node: nodes.ImportFrom, env: Env, frame: Frame) -> Flow:
    return Flow.NEXT if imports.members(run, node, env) else Flow.RAISE


_Handler = Callable[["Interpreter", Any, Env, Frame], Flow]
_HANDLERS: dict[type[nodes.NodeNG], _Handler] = {
    nodes.Expr: _expr,
    nodes.Return: _return,
    nodes.Raise: _raise,
    nodes.Break: _break,
    nodes.Continue: _continue,
    nodes.Assign: _assign,
    nodes.AnnAssign: _ann_assign,
    nodes.AugAssign: _aug_assign,
    nodes.If: _if,
    nodes.For: _for,
    nodes.While: _while,
    nodes.With: _with,
    nodes.Try: _try,
    nodes.TryStar: _try,
    nodes.FunctionDef: _function,
    nodes.AsyncFunctionDef: _function,
    nodes.ClassDef: _class,
    nodes.Global: _global,
    nodes.Nonlocal: _global,
    nodes.Import: _import,
    nodes.ImportFrom: _import_from,
}
