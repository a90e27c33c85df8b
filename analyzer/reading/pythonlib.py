"""Python itself: builtins, methods of dicts, lists and strings, and the few standard-library calls that models use."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from astroid import nodes

from analyzer.findings import Certainty
from analyzer.reading import commandline, expressions, managers, namespaces, operators
from analyzer.reading.joining import by_default, join
from analyzer.reading.record import FeatureRead
from analyzer.reading.values import (
    UNKNOWN,
    Api,
    Arguments,
    Builtin,
    Choice,
    Const,
    Env,
    Function,
    Instance,
    Mapping,
    Partial,
    Sequence,
    Super,
    Tensor,
    Unknown,
    UserClass,
    UserObject,
    Value,
    constant,
    deps_of,
    iterate,
    truth,
    with_deps,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

BUILTINS = frozenset(
    """
    isinstance len range enumerate zip list dict tuple set frozenset sorted reversed map filter getattr setattr hasattr
    callable super print int float str bool bytes abs min max sum round any all type object property staticmethod
    classmethod next iter issubclass vars id repr open input True False None Exception ValueError KeyError TypeError
    RuntimeError NotImplementedError AssertionError ImportError AttributeError IOError OSError StopIteration
    """.split()
)
_PURE: dict[str, Callable[..., Any]] = {
    kind.__name__: kind for kind in (int, float, str, bool, abs, round, min, max, len)
}
_STRING_METHODS = frozenset(
    "format join split lower upper strip lstrip rstrip startswith endswith replace partition rpartition title "
    "count".split()
)


def call(run: Interpreter, callee: Builtin, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """A call of a builtin, or of a method of a Python value."""
    if callee.owner is not None and callee.name != "super":
        return _method(run, callee.owner, callee.name, arguments, node, env)
    first = arguments.positional[0] if arguments.positional else None
    match callee.name:
        case "isinstance" if len(arguments.positional) == 2:
            answer = is_instance(arguments.positional[0], arguments.positional[1])
            return UNKNOWN if answer is None else Const(answer)
        case "super":
            return callee.owner if callee.owner is not None else _old_super(arguments)
        case "range":
            return _range(arguments)
        case "enumerate" if first is not None:
            items = iterate(first)
            pairs: list[Value] = [Sequence("tuple", [Const(i), item]) for i, item in enumerate(items or [])]
            return Sequence("list", pairs) if items is not None else Unknown(deps_of(first))
        case "zip":
            return _zip(arguments)
        case "list" | "tuple" | "set" | "sorted" | "reversed" | "frozenset" | "iter":
            return _collected(callee.name, first)
        case "dict":
            made = _dict(arguments)
            made.span = env.module.span(node)
            return made
        case "map" if len(arguments.positional) == 2:
            return _map(run, arguments, node, env)
        case "getattr" if len(arguments.positional) >= 2:
            return _getattr(run, arguments, node, env)
        case "setattr" if len(arguments.positional) == 3:
            owner, name, value = arguments.positional
            if isinstance(owner, (UserObject, Instance)) and isinstance(name, Const):
                owner.attributes[str(name.value)] = value
            return Const(None)
        case "vars" if isinstance(first, Instance) and first.api == commandline.NAMESPACE:
            return commandline.as_dict(first)
        case "vars" if first is not None:
            return namespaces.dict_of(first) or UNKNOWN
        case "hasattr" | "any" | "all" | "issubclass" | "type" | "repr" | "id":
            return UNKNOWN
        case "callable" if first is not None:
            return Const(True) if isinstance(first, (Function, Partial, UserClass)) else UNKNOWN
        case "print" | "open" | "input":
            return UNKNOWN
        case "next" if first is not None:
            items = iterate(first)
            return items[0] if items else Unknown(deps_of(first))
        case "sum" | "min" | "max" | "len" | "int" | "float" | "str" | "bool" | "abs" | "round" as name:
            return _pure(run, name, arguments, node, env)
        case _:
            return UNKNOWN


def is_instance(value: Value, kind: Value) -> bool | None:
    """`isinstance(value, kind)`, where it is known."""
    if isinstance(kind, Sequence):
        answers = [is_instance(value, option) for option in kind.items]
        return True if True in answers else (None if None in answers else False)
    name = kind.name if isinstance(kind, (Api, Builtin)) else ""
    short = name.rpartition(".")[2]
    match value:
        case Mapping():
            return True if short in ("dict", "Mapping", "MutableMapping", "OrderedDict") else (False if short else None)
        case Tensor():
            tensor = {"Tensor": True, "SparseTensor": False, "RaggedTensor": False}.get(short)
            return tensor if tensor is not None else (False if isinstance(kind, Builtin) else None)
        case Sequence():
            return short == value.kind if isinstance(kind, Builtin) else (False if short in ("Tensor",) else None)
        case Const(value=None):
            return False if short else None
        case Const() if isinstance(kind, Builtin):
            return type(value.value).__name__ == short or (short == "int" and isinstance(value.value, bool))
        case UserObject() if isinstance(kind, UserClass):
            from analyzer.reading.classes import ancestry

            return any(cls.node is kind.node for cls in ancestry(value.cls))
        case Instance() if isinstance(kind, Api):
            return True if value.api == kind.name else None
        case Choice():
            known = {is_instance(option, kind) for option in value.options}
            return known.pop() if len(known) == 1 else None
        case _:
            return None


def _old_super(arguments: Arguments) -> Value:
    match arguments.positional:
        case (UserClass() as cls, UserObject() as self_):
            return Super(cls, self_)
        case _:
            return UNKNOWN


def _range(arguments: Arguments) -> Value:
    sizes = [value.value for value in arguments.positional if isinstance(value, Const) and isinstance(value.value, int)]
    if len(sizes) != len(arguments.positional) or not sizes or (len(sizes) == 3 and sizes[2] == 0):
        return UNKNOWN
    return Const(range(*sizes[:3]))


def _zip(arguments: Arguments) -> Value:
    columns = [iterate(value) for value in arguments.positional]
    deps = frozenset().union(*(deps_of(value) for value in arguments.positional))
    if not columns or any(column is None for column in columns):
        return Unknown(deps)
    rows = zip(*(column or [] for column in columns), strict=False)
    return Sequence("list", [Sequence("tuple", list(row)) for row in rows])


def _collected(name: str, source: Value | None) -> Value:
    kind = {"tuple": "tuple", "set": "set", "frozenset": "set"}.get(name, "list")
    if source is None:
        return Sequence(kind, [])
    items = iterate(source)
    if items is None and isinstance(source, Sequence):
        return Sequence(kind, list(source.items), complete=False, deps=source.deps)
    if items is None:
        return with_deps(source, deps_of(source)) if isinstance(source, (Tensor, Unknown)) else Unknown(deps_of(source))
    if name == "sorted" and all(isinstance(item, Const) for item in items):
        try:
            items = sorted(items, key=constant)
        except TypeError:
            return Sequence("list", items, complete=True)
    return Sequence(kind, items[::-1] if name == "reversed" else items, deps=source.deps)


def _dict(arguments: Arguments) -> Mapping:
    result = Mapping()
    for value in arguments.positional:
        update(result, value)
    result.entries |= arguments.keywords
    result.spans |= {key: span for key, span in arguments.spans.items() if isinstance(key, str)}
    result.complete = result.complete and not arguments.open
    return result


def update(target: Mapping, source: Value) -> None:
    """`target.update(source)`."""
    match source:
        case Mapping():
            target.entries |= source.entries
            target.spans |= source.spans
            target.complete = target.complete and source.complete
            target.tag = target.tag or source.tag
        case Sequence() if source.complete and all(_is_pair(pair) for pair in source.items):
            for pair in source.items:
                if isinstance(pair, Sequence) and isinstance(pair.items[0], Const):
                    target.entries[pair.items[0].value] = pair.items[1]
        case _:
            target.complete = False
            if isinstance(source, Unknown):
                target.tag = target.tag or source.tag
    target.deps |= source.deps


def _is_pair(value: Value) -> bool:
    return isinstance(value, Sequence) and len(value.items) == 2 and isinstance(value.items[0], Const)


def _map(run: Interpreter, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    function, source = arguments.positional
    items = iterate(source)
    if items is None:
        return Unknown(deps_of(source))
    return Sequence(
        "list", [run.call(function, Arguments((item,)), node, env) for item in items[:64]], len(items) <= 64
    )


def _reduce(run: Interpreter, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """`functools.reduce(function, items, initial)`."""
    function, source = arguments.positional[:2]
    items = iterate(source)
    if items is None:
        items, certainty = [Unknown(deps_of(source))], run.certainty
        result = arguments.positional[2] if len(arguments.positional) > 2 else items[0]
        run.certainty = Certainty.MAYBE
        result = join(result, run.call(function, Arguments((result, items[0])), node, env))
        run.certainty = certainty
        return result
    items = [*arguments.positional[2:3], *items]
    if not items:
        return UNKNOWN
    result = items[0]
    for item in items[1:]:
        result = run.call(function, Arguments((result, item)), node, env)
    return result


def _getattr(run: Interpreter, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    owner, name = arguments.positional[0], by_default(arguments.positional[1])
    if not isinstance(name, Const) or not isinstance(name.value, str):
        return Unknown(deps_of(owner))
    value = expressions.attribute(run, owner, name.value, node, env)
    if len(arguments.positional) > 2 and isinstance(value, Unknown):
        return join(value, arguments.positional[2])
    return value


def _pure(run: Interpreter, name: str, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    first = arguments.positional[0] if arguments.positional else Const(0)
    if name == "len" and isinstance(first, (Sequence, Mapping)) and first.complete:
        return Const(len(first.items if isinstance(first, Sequence) else first.entries))
    if name == "bool":
        answer = truth(first)
        return UNKNOWN if answer is None else Const(answer)
    if name == "sum" and isinstance(first, Sequence):
        total: Value = Const(0)
        for item in first.items:
            total = operators.operate(run, "+", total, item, node, env)
        return total
    values = list(arguments.positional)
    if name == "len" and isinstance(first, Tensor):
        return UNKNOWN
    if name in _PURE and values and all(isinstance(value, Const) for value in values):
        try:
            return Const(_PURE[name](*(value.value for value in values if isinstance(value, Const))))
        except (TypeError, ValueError, OverflowError):
            return UNKNOWN
    if name == "abs" and isinstance(first, Tensor):
        call = run.add_call("tensorflow.math.abs", "abs", arguments, env.module.span(node))
        return Tensor(frozenset({call.id}), first.dtype, first.shape)
    return Unknown(frozenset().union(*(deps_of(value) for value in values)))


def _method(run: Interpreter, owner: Value, name: str, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """A method of a dict, a list, a string, or of something followed by its tag."""
    match owner:
        case Mapping():
            return _dict_method(run, owner, name, arguments, node, env)
        case Sequence():
            return _list_method(owner, name, arguments)
        case Const(value=str() as text) if name in _STRING_METHODS:
            return _string_method(text, name, arguments)
        case Unknown(tag="features") if name in ("get", "pop") and arguments.positional:
            key = arguments.positional[0]
            if isinstance(key, Const) and isinstance(key.value, str):
                run.record.reads.append(
                    FeatureRead(key.value, env.module.span(node), run.certainty, None, name == "get")
                )
                return Tensor(owner.deps)
            return UNKNOWN
        case Unknown(tag=tag) if tag and name == "copy":
            return owner
        case _:
            deps = deps_of(owner) | frozenset().union(*(deps_of(value) for value in arguments.values()))
            return Unknown(deps)


def _dict_method(
    run: Interpreter, owner: Mapping, name: str, arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value:
    key = by_default(arguments.positional[0]) if arguments.positional else None
    match name:
        case "get" | "pop" | "setdefault" if key is not None:
            default = arguments.positional[1] if len(arguments.positional) > 1 else Const(None)
            optional = name != "pop" or len(arguments.positional) > 1
            known = expressions.read(run, owner, key, node, env, optional)
            if not isinstance(key, Const):
                return join(known, default)
            present = key.value in owner.entries
            if name == "pop":
                owner.entries.pop(key.value, None)
            elif name == "setdefault" and not present and owner.complete:
                owner.entries[key.value] = default
            return known if present else (default if owner.complete else join(known, default))
        case "items":
            if owner.tag == "features":
                _read_all(run, owner, node, env)
            pairs: list[Value] = [Sequence("tuple", [Const(k), value]) for k, value in owner.entries.items()]
            return Sequence("list", pairs, owner.complete, owner.deps)
        case "keys":
            return Sequence("list", [Const(k) for k in owner.entries], owner.complete, owner.deps)
        case "values":
            if owner.tag == "features":
                _read_all(run, owner, node, env)
            return Sequence("list", list(owner.entries.values()), owner.complete, owner.deps)
        case "copy":
            return Mapping(dict(owner.entries), owner.complete, owner.deps, owner.tag, dict(owner.spans))
        case "update":
            for value in arguments.positional:
                update(owner, value)
            owner.entries |= arguments.keywords
            return Const(None)
        case _:
            return Unknown(deps_of(owner))


def _read_all(run: Interpreter, owner: Mapping, node: nodes.NodeNG, env: Env) -> None:
    for key in owner.entries:
        run.record.reads.append(FeatureRead(str(key), env.module.span(node), run.certainty, True, True))


def _list_method(owner: Sequence, name: str, arguments: Arguments) -> Value:
    first = arguments.positional[0] if arguments.positional else None
    match name:
        case "append" | "add" if first is not None:
            owner.items.append(first)
        case "extend" | "update" if first is not None:
            items = iterate(first)
            owner.items += items or []
            owner.complete = owner.complete and items is not None
            owner.deps |= deps_of(first)
        case "insert" if len(arguments.positional) == 2:
            at = constant(first)
            owner.items.insert(at if isinstance(at, int) else len(owner.items), arguments.positional[1])
        case "pop" if owner.items:
            at = constant(first, -1)
            fits = isinstance(at, int) and -len(owner.items) <= at < len(owner.items)
            return owner.items.pop(at) if fits else UNKNOWN
        case "copy" | "as_list":
            return Sequence(owner.kind, list(owner.items), owner.complete, owner.deps)
        case "reverse":
            owner.items.reverse()
        case _:
            return Unknown(deps_of(owner))
    return Const(None)


def _string_method(text: str, name: str, arguments: Arguments) -> Value:
    values = [*arguments.positional, *arguments.keywords.values()]
    if name == "join" and isinstance(values[0] if values else None, Sequence):
        parts = iterate(values[0]) or []
        if all(isinstance(part, Const) and isinstance(part.value, str) for part in parts):
            return Const(text.join(part.value for part in parts if isinstance(part, Const)))
        return UNKNOWN
    if not all(isinstance(value, Const) for value in values):
        return UNKNOWN
    try:
        plain = [value.value for value in arguments.positional if isinstance(value, Const)]
        named = {key: value.value for key, value in arguments.keywords.items() if isinstance(value, Const)}
        result = getattr(text, name)(*plain, **named)
    except (TypeError, ValueError, LookupError, AttributeError):
        return UNKNOWN
    return Sequence("list", [Const(part) for part in result]) if isinstance(result, list) else Const(result)


def _parsed(text: str) -> Value:
    try:
        return _of_json(json.loads(text))
    except ValueError:
        return UNKNOWN


def _of_json(content: Any) -> Value:
    match content:
        case dict():
            return Mapping({key: _of_json(item) for key, item in content.items()})
        case list():
            return Sequence("list", [_of_json(item) for item in content])
        case _:
            return Const(content)


def library(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value | None:
    """Calls of the standard library that keep what they are given; None for any other."""
    first = arguments.positional[0] if arguments.positional else None
    match callee.name:
        case "functools.partial" if first is not None:
            rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.open, {})
            return Partial(first, rest)
        case "functools.wraps":
            wrapped = arguments.get("wrapped", 0) or UNKNOWN
            return Partial(Api("functools.update_wrapper"), Arguments((), {"wrapped": wrapped}))
        case "functools.update_wrapper" if first is not None:
            inner = arguments.get("wrapped", 1)
            return replace(first, wraps=inner) if isinstance(first, Function) and isinstance(inner, Function) else first
        case managers.MAKER if isinstance(first, Function):
            return managers.made_of(first)
        case "functools.lru_cache" | managers.MAKER:
            return Builtin("decorator")
        case "collections.OrderedDict" | "collections.defaultdict":
            return _dict(
                Arguments(arguments.positional[:1] if callee.name.endswith("OrderedDict") else (), arguments.keywords)
            )
        case "copy.copy" | "copy.deepcopy" if first is not None:
            match first:
                case Mapping():
                    return Mapping(dict(first.entries), first.complete, first.deps, first.tag, dict(first.spans))
                case Sequence():
                    return Sequence(first.kind, list(first.items), first.complete, first.deps)
                case _:
                    return first
        case "json.loads" if isinstance(first, Const) and isinstance(first.value, str):
            return _parsed(first.value)
        case "dataclasses.replace" if isinstance(first, UserObject):
            return UserObject(first.cls, first.attributes | arguments.keywords, first.made, first.deps)
        case "functools.reduce" | "six.moves.reduce" if len(arguments.positional) >= 2:
            return _reduce(run, arguments, node, env)
        case "six.iteritems" | "six.itervalues" | "six.iterkeys" if isinstance(first, Mapping):
            return _dict_method(run, first, callee.name.replace("six.iter", ""), Arguments(), node, env)
        case "absl.app.run" | "sys.exit" if isinstance(first, Function):
            return run.call(first, Arguments((UNKNOWN,)), node, env)
        case name:
            return namespaces.call(name, arguments)
