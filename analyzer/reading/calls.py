"""Calls: of the project's own functions and classes, of partials, of library functions and methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.findings import Certainty
from analyzer.reading import classes, libraries, pythonlib, statements
from analyzer.reading.joining import join, preferring
from analyzer.reading.record import TaggedUse
from analyzer.reading.values import (
    NONE,
    UNKNOWN,
    Api,
    ApiMethod,
    Arguments,
    Builtin,
    Choice,
    Const,
    Deps,
    Env,
    Function,
    Instance,
    Managed,
    Mapping,
    Partial,
    Sequence,
    Super,
    Tensor,
    Unknown,
    UserClass,
    UserObject,
    Value,
    deps_of,
    is_none,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter


def call(run: Interpreter, callee: Value, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """The value of `callee(arguments)`, written at `node`."""
    match callee:
        case Function(manages=True):
            return Managed(callee, arguments, node, env)
        case Function():
            return call_function(run, callee, arguments, node, env)
        case Partial():
            return call(run, callee.target, merged(callee.arguments, arguments), node, env)
        case UserClass():
            return classes.instantiate(run, callee, arguments, node, env)
        case UserObject():
            return _call_object(run, callee, arguments, node, env)
        case Builtin():
            return pythonlib.call(run, callee, arguments, node, env)
        case Api():
            return libraries.call(run, callee, arguments, node, env)
        case ApiMethod(owner=Super() as owner, name="__init__"):
            classes.become(run, owner.self_, arguments, node, env)
            return Const(None)
        case ApiMethod(owner=Super() as owner):
            made = owner.self_.made
            return libraries.call_method(run, made, callee.name, arguments, node, env) if made else UNKNOWN
        case ApiMethod(owner=UserObject() as owner):
            base = classes.library_base(owner.cls)
            if base is None:
                return UNKNOWN
            stand_in = Instance(base.name, -1, Arguments())
            return libraries.call_method(run, stand_in, callee.name, arguments, node, env)
        case ApiMethod():
            return libraries.call_method(run, callee.owner, callee.name, arguments, node, env)
        case Instance():
            return libraries.call_method(run, callee, "__call__", arguments, node, env)
        case Choice():
            return _call_any(run, callee, arguments, node, env)
        case Const(value=None):
            return UNKNOWN
        case _:
            return Unknown(deps_of(callee) | argument_deps(arguments))


def argument_deps(arguments: Arguments) -> Deps:
    return NONE.union(*(deps_of(value) for value in arguments.values()))


def merged(first: Arguments, then: Arguments) -> Arguments:
    """The arguments of a partial and of the call of it."""
    return Arguments(
        (*first.positional, *then.positional), {**first.keywords, **then.keywords}, first.open or then.open, then.spans
    )


def _call_any(run: Interpreter, callee: Choice, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    certainty, results = run.certainty, []
    usual = callee.options[0] if callee.usual else None
    for option in callee.options:
        if not is_none(option):
            run.certainty = certainty if option is usual else Certainty.MAYBE
            results.append(call(run, option, arguments, node, env))
    run.certainty = certainty
    result: Value = results[0] if results else UNKNOWN
    for other in results[1:]:
        result = join(result, other)
    return preferring(results[0], result) if usual is not None and not is_none(usual) else result


def _call_object(run: Interpreter, callee: UserObject, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """An object of the project called: its `__call__`, or `call` where Keras calls that."""
    names = ("__call__", "call") if classes.library_base(callee.cls) else ("__call__",)
    for name in names:
        if (method := classes.member(callee.cls, name)) is not None and isinstance(method, Function):
            if name == "__call__":
                return run.call(_method(method, callee), arguments, node, env)
            if (build := classes.member(callee.cls, "build")) is not None:
                run.call(_method(build, callee), Arguments((UNKNOWN,)), node, env)
            with run.calling_layer(converts=True):
                return run.call(_method(method, callee), arguments, node, env)
    deps = callee.deps | argument_deps(arguments)
    return Tensor(deps) if deps else UNKNOWN


def _method(value: Value, owner: UserObject) -> Value:
    return replace(value, bound=owner) if isinstance(value, Function) else value


def call_function(
    run: Interpreter,
    function: Function,
    arguments: Arguments,
    node: nodes.NodeNG,
    env: Env,
    at_yield: Callable[[Value], None] | None = None,
) -> Value:
    """Runs a function of the project on abstract arguments; `at_yield` is given what it yields."""
    span = env.module.span(node)
    if run.scoped_defaults:
        arguments = libraries.with_scoped_defaults(run, function.node, arguments)
    with run.calling(function, span) as follows:
        if not follows:
            return Unknown(argument_deps(arguments))
        scope = Env(function.env.module, function.env)
        _bind_parameters(function, arguments, scope)
        if isinstance(function.node, nodes.Lambda) and not isinstance(function.node, nodes.FunctionDef):
            return run.evaluate(function.node.body, scope)
        frame = statements.Frame()
        run.yields.append(Sequence("list", []))
        outer, run.at_yield = run.at_yield, at_yield
        flow = statements.execute(run, function.node.body, scope, frame)
        run.at_yield = outer
        yielded = run.yields.pop()
    if run.steps_left <= 0:
        return Unknown(argument_deps(arguments))
    if yielded.items:
        return yielded
    if flow is statements.Flow.NEXT and not frame.returns:
        return Const(None)
    run.record.raised.pop(id(function.node), None)
    if not frame.returns:
        if flow is statements.Flow.RAISE and frame.raised is not None:
            run.record.raised[id(function.node)] = function.module.span(frame.raised)
        return UNKNOWN
    result = frame.returns[0]
    for other in frame.returns[1:]:
        result = join(result, other)
    return result if frame.usual is None else preferring(frame.usual, result)


def _bind_parameters(function: Function, arguments: Arguments, scope: Env) -> None:
    declared = function.node.args
    named = [parameter.name for parameter in (*(declared.posonlyargs or []), *(declared.args or []))]
    positional = list(arguments.positional)
    if function.bound is not None:
        positional.insert(0, function.bound)
        if named and isinstance(function.bound, UserObject):
            cls = _owner(function, function.bound.cls)
            scope.variables["__class__"] = cls
            scope.variables["super"] = Builtin("super", Super(cls, function.bound))
    scope.variables |= dict.fromkeys(named, UNKNOWN) | function.defaults
    for name, value in zip(named, positional, strict=False):
        scope.variables[name] = value
    if declared.vararg:
        scope.variables[declared.vararg] = Sequence("tuple", positional[len(named) :], complete=not arguments.open)
    only = {parameter.name for parameter in declared.kwonlyargs or []}
    rest: dict[str, Value] = {}
    for name, value in arguments.keywords.items():
        if name in named or name in only:
            scope.variables[name] = value
        else:
            rest[name] = value
    for name in only:
        scope.variables.setdefault(name, UNKNOWN)
    if declared.kwarg:
        scope.variables[declared.kwarg] = Mapping(dict(rest), complete=not arguments.open)


def _owner(function: Function, cls: UserClass) -> UserClass:
    """The class that a method was written in, which is where `super()` starts."""
    for candidate in classes.ancestry(cls):
        value = candidate.members.variables.get(function.name)
        if isinstance(value, Function) and value.node is function.node:
            return candidate
    return cls


def tagged(arguments: Arguments) -> list[tuple[Value, int | str]]:
    """Followed values among the arguments, at most one list or dict deep."""
    found: list[tuple[Value, int | str]] = []
    given: list[tuple[int | str, Value]] = [*enumerate(arguments.positional), *arguments.keywords.items()]
    for key, value in given:
        for item in (value, *value.items) if isinstance(value, Sequence) else (value,):
            if isinstance(item, (Mapping, Unknown, Const)) and item.tag:
                found.append((item, key))
    return found


def note_tagged(run: Interpreter, name: str, arguments: Arguments, node: nodes.NodeNG, env: Env) -> None:
    """Records followed values that a library call is given as if they were tensors."""
    for value, key in tagged(arguments):
        if isinstance(value, (Mapping, Unknown, Const)) and (is_none(value) or not isinstance(value, Const)):
            span = arguments.spans.get(key) or env.module.span(node)
            whole = env.module.span(node)
            run.record.uses.append(TaggedUse(value.tag, name, span, run.certainty, value, run.trail, whole))


def mended(arguments: Arguments) -> Arguments:
    """Arguments with the tensor where one-key features stand as one: what lies behind that fault is to be seen too."""
    if not any(isinstance(value, Mapping) for value in arguments.values()):
        return arguments
    positional = tuple(_only_feature(value) for value in arguments.positional)
    keywords = {name: _only_feature(value) for name, value in arguments.keywords.items()}
    return Arguments(positional, keywords, arguments.open, arguments.spans)


def _only_feature(value: Value) -> Value:
    if isinstance(value, Mapping) and value.tag == "features" and value.complete and len(value.entries) == 1:
        return next(iter(value.entries.values()))
    return value
