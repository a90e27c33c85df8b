"""Classes of the project: instances, methods, properties, `super()`, and the library classes they derive from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading import namespaces
from analyzer.reading.values import (
    NAMED_TUPLE,
    UNKNOWN,
    Api,
    ApiMethod,
    Arguments,
    Builtin,
    Const,
    Env,
    Function,
    Instance,
    Mapping,
    Partial,
    Super,
    UserClass,
    UserObject,
    Value,
    deps_of,
)

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter


def ancestry(cls: UserClass, depth: int = 12) -> Iterator[UserClass]:
    """The class and its bases in the project, in lookup order."""
    yield cls
    if depth:
        for base in cls.bases:
            if isinstance(base, UserClass):
                yield from ancestry(base, depth - 1)


def library_base(cls: UserClass) -> Api | None:
    """The library class it derives from."""
    return next((base for owner in ancestry(cls) for base in owner.bases if isinstance(base, Api)), None)


def member(cls: UserClass, name: str) -> Value | None:
    return next((value for owner in ancestry(cls) if (value := owner.members.variables.get(name)) is not None), None)


def attribute(
    run: Interpreter, owner: UserObject | UserClass | Super, name: str, node: nodes.NodeNG, env: Env
) -> Value:
    """`owner.name` for an object, a class or `super()` of the project."""
    match owner:
        case UserClass():
            value = member(owner, name)
            if isinstance(value, Builtin) and value.name in ("staticmethod", "classmethod") and value.owner is not None:
                return _bound(value, owner)
            return value if value is not None else (Const(owner.name) if name == "__name__" else UNKNOWN)
        case Super():
            for base in owner.cls.bases:
                if isinstance(base, UserClass) and (value := member(base, name)) is not None:
                    return _bound(value, owner.self_)
            return ApiMethod(owner, name)
        case UserObject():
            if name in owner.attributes:
                return owner.attributes[name]
            if name == "__dict__":
                return Mapping(owner.attributes)
            value = member(owner.cls, name)
            if isinstance(value, Builtin) and value.name == "property" and value.owner is not None:
                return run.call(_bound(value.owner, owner), Arguments(), node, env)
            if value is not None:
                return _bound(value, owner)
            if owner.made is not None:
                return ApiMethod(owner.made, name, deps=owner.made.deps)
            if isinstance(finder := member(owner.cls, "__getattr__"), Function) and not name.startswith("__"):
                return run.call(_bound(finder, owner), Arguments((Const(name),)), node, env)
            if is_dict(owner.cls) and name in namespaces.DICT_METHODS:
                return Builtin(name, Mapping(owner.attributes, span=None))
            base_api = library_base(owner.cls)
            return ApiMethod(owner, name) if base_api else UNKNOWN


def as_function(value: Value | None) -> Value | None:
    """What calling a value runs: of an object its `__call__`."""
    if isinstance(value, UserObject) and isinstance(method := member(value.cls, "__call__"), Function):
        return _bound(method, value)
    return value


def _bound(value: Value, owner: Value) -> Value:
    match value:
        case Function(bound=None):
            return replace(value, bound=owner)
        case Builtin(name="staticmethod") if value.owner is not None:
            return value.owner
        case Builtin(name="classmethod", owner=Function() as function):
            cls = owner.cls if isinstance(owner, UserObject) else owner
            return replace(function, bound=cls)
        case _:
            return value


def instantiate(run: Interpreter, cls: UserClass, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """`cls(...)`."""
    made = UserObject(cls)
    initializer = member(cls, "__init__")
    if is_dict(cls):
        namespaces.fill(made, arguments)
    if initializer is not None:
        run.call(_bound(initializer, made), arguments, node, env)
        return made
    fields = [name for owner in reversed(list(ancestry(cls))) for name in _fields(owner)]
    fields = fields or [name for base in cls.bases for name in _tuple_fields(base)]
    base = library_base(cls)
    if fields or base is None or not base.name.startswith("tensorflow"):
        made.attributes |= dict(zip(fields, arguments.positional, strict=False)) | arguments.keywords
        return made
    become(run, made, arguments, node, env)
    return made


def _fields(cls: UserClass) -> list[str]:
    """Annotated members, in order: the fields of a dataclass or NamedTuple."""
    return [
        statement.target.name
        for statement in cls.node.body
        if isinstance(statement, nodes.AnnAssign) and isinstance(statement.target, nodes.AssignName)
    ]


def is_dict(cls: UserClass) -> bool:
    """Whether it derives from dict."""
    bases = (base for owner in ancestry(cls) for base in owner.bases)
    return any(
        (isinstance(base, Builtin) and base.name == "dict")
        or (isinstance(base, Api) and base.name in ("collections.OrderedDict", "collections.UserDict"))
        for base in bases
    )


def _tuple_fields(base: Value) -> list[str]:
    """The fields of `class P(namedtuple("P", "a b"))`."""
    is_tuple = isinstance(base, Partial) and isinstance(base.target, Api) and base.target.name == NAMED_TUPLE
    return namespaces.field_names(base.arguments) if is_tuple and isinstance(base, Partial) else []


def become(run: Interpreter, made: UserObject, arguments: Arguments, node: nodes.NodeNG, env: Env) -> None:
    """The object calls its library base's __init__: it is now an instance of that library class too."""
    base = library_base(made.cls)
    if base is not None:
        instance = run.call(base, arguments, node, env)
        if isinstance(instance, Instance):
            made.made = instance
            made.deps |= deps_of(instance)
