"""Abstract values: what an expression of the user's program may be, and which API calls it came from.

`deps` holds the ids of the ApiCalls a value was made by; provenance is what tells the exported slice from the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astroid import nodes

from analyzer.findings import Span

if TYPE_CHECKING:
    from analyzer.reading.project import Module

Deps = frozenset[int]
NONE: Deps = frozenset()
Shape = tuple[int | None, ...] | None
NAMED_TUPLE = "collections.namedtuple()"
"""What Instances of namedtuples go by."""


class Env:
    """A scope's variables; function scopes look outward through `parent`, past the bodies of classes."""

    __slots__ = ("globals_", "module", "of_class", "parent", "variables")

    def __init__(self, module: Module, parent: Env | None = None, of_class: bool = False) -> None:
        self.module = module
        self.parent = parent
        self.of_class = of_class
        self.variables: dict[str, Value] = {}
        self.globals_: dict[str, Env] = {}

    def assign(self, name: str, value: Value) -> None:
        self.globals_.get(name, self).variables[name] = value


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything; `tag` names a value worth following although it is unknown ("features")."""

    deps: Deps = NONE
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Const:
    """A Python constant."""

    value: Any
    deps: Deps = NONE
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """A name of a library outside the project, canonical ("tensorflow.nn.relu"); `v1`: spelled through compat.v1."""

    name: str
    spelled: str = ""
    deps: Deps = NONE
    v1: bool = False


@dataclass(frozen=True, slots=True)
class Tensor:
    """A symbolic tensor. `shape` None: unknown rank; `content`: its value, where it is a known constant;
    `origin`: where the training data decided its dtype; `output`: which output of its op it is; `sizes`: the shape that
    it holds, where `tf.shape` or `tf.stack` gave it."""

    deps: Deps = NONE
    dtype: str | None = None
    shape: Shape = None
    content: Any = None
    placeholder: bool = False
    origin: Span | None = None
    output: int = 0
    sizes: Shape = None


@dataclass(frozen=True, slots=True)
class Array:
    """A NumPy array; `origin` is where its dtype was decided."""

    dtype: str | None = None
    shape: Shape = None
    origin: Span | None = None
    deps: Deps = NONE


@dataclass(slots=True, eq=False)
class Instance:
    """What a library call made: a layer, a dataset, an estimator. `element`: what a dataset yields."""

    api: str
    call: int
    arguments: Arguments
    deps: Deps = NONE
    span: Span | None = None
    element: Value | None = None
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Function:
    """A function or lambda of the project, closed over its environment; `bound` is its `self`.

    `traced`: tf.function makes a graph of it. `wraps`: the function that it passes for, by functools.wraps.
    `manages`: contextlib.contextmanager makes a context manager of each call.
    """

    node: nodes.FunctionDef | nodes.Lambda
    env: Env
    name: str
    bound: Value | None = None
    defaults: dict[str, Value] = field(default_factory=dict)
    deps: Deps = NONE
    traced: bool = False
    wraps: Function | None = None
    manages: bool = False

    @property
    def module(self) -> Module:
        return self.env.module

    @property
    def span(self) -> Span:
        return self.env.module.span(self.node)


@dataclass(frozen=True, slots=True)
class Managed:
    """A context manager that a generator function makes: it runs when `with` enters it. `node`: where it was called."""

    function: Function
    arguments: Arguments
    node: nodes.NodeNG
    env: Env
    deps: Deps = NONE


@dataclass(slots=True, eq=False)
class Partial:
    """functools.partial and what behaves like it."""

    target: Value
    arguments: Arguments
    deps: Deps = NONE


@dataclass(slots=True, eq=False)
class UserClass:
    """A class of the project; `bases` in order."""

    node: nodes.ClassDef
    env: Env
    members: Env
    bases: tuple[Value, ...]
    deps: Deps = NONE

    @property
    def name(self) -> str:
        return str(self.node.name)


@dataclass(slots=True, eq=False)
class UserObject:
    """An instance of a project class; `made` is the library object it became by calling its base's __init__."""

    cls: UserClass
    attributes: dict[str, Value] = field(default_factory=dict)
    made: Instance | None = None
    deps: Deps = NONE


@dataclass(slots=True, eq=False)
class Super:
    """`super()` inside a method."""

    cls: UserClass
    self_: UserObject
    deps: Deps = NONE


@dataclass(slots=True, eq=False)
class Sequence:
    """A list, tuple or set; not `complete` when it may hold more than is known."""

    kind: str
    items: list[Value]
    complete: bool = True
    deps: Deps = NONE


@dataclass(slots=True, eq=False)
class Mapping:
    """A dict with constant keys; not `complete` when it may hold other keys. `spans`: where a key was written;
    `span`: the display itself."""

    entries: dict[Any, Value] = field(default_factory=dict)
    complete: bool = True
    deps: Deps = NONE
    tag: str = ""
    spans: dict[Any, Span] = field(default_factory=dict)
    span: Span | None = None


@dataclass(slots=True, eq=False)
class ModuleValue:
    """A module of the project."""

    module: Module
    env: Env
    deps: Deps = NONE


@dataclass(frozen=True, slots=True)
class Deferred:
    """A name imported from the project's own files, which are read when it is first used.

    `name` is the member of the module at `path`, "" for the module itself.
    """

    path: Path
    name: str = ""
    deps: Deps = NONE


@dataclass(slots=True, eq=False)
class Builtin:
    """A Python builtin, or a method of a Python value (`owner`)."""

    name: str
    owner: Value | None = None
    deps: Deps = NONE


@dataclass(slots=True, eq=False)
class ApiMethod:
    """A method of a library object."""

    owner: Value
    name: str
    spelled: str = ""
    deps: Deps = NONE


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, which one is unknown. `usual`: the first is what a run without flags gives."""

    options: tuple[Value, ...]
    deps: Deps = NONE
    usual: bool = False


Value = (
    Unknown
    | Const
    | Api
    | Tensor
    | Array
    | Instance
    | Function
    | Managed
    | Partial
    | UserClass
    | UserObject
    | Super
    | Sequence
    | Mapping
    | ModuleValue
    | Deferred
    | Builtin
    | ApiMethod
    | Choice
)


@dataclass(frozen=True, slots=True)
class Arguments:
    """Arguments of a call; `open` when a star argument of unknown length was among them."""

    positional: tuple[Value, ...] = ()
    keywords: dict[str, Value] = field(default_factory=dict)
    open: bool = False
    spans: dict[int | str, Span] = field(default_factory=dict, compare=False)

    def get(self, name: str, index: int | None = None) -> Value | None:
        """The argument of this name or position, None where it was not given."""
        if name in self.keywords:
            return self.keywords[name]
        if index is not None and index < len(self.positional):
            return self.positional[index]
        return None

    def span(self, name: str, index: int | None = None) -> Span | None:
        """Where that argument stands."""
        return self.spans.get(name) or (self.spans.get(index) if index is not None else None)

    def values(self) -> Iterator[Value]:
        yield from self.positional
        yield from self.keywords.values()


UNKNOWN = Unknown()


def is_none(value: Value | None) -> bool:
    return isinstance(value, Const) and value.value is None


def constant(value: Value | None, default: Any = None) -> Any:
    """The Python constant a value certainly is, also through a constant tensor; else the default."""
    match value:
        case Const(value=content):
            return content
        case Tensor(content=content) if content is not None:
            return content
        case _:
            return default


def truth(value: Value) -> bool | None:
    """Whether a value is true in a test; None where that cannot be known."""
    match value:
        case Const():
            return bool(value.value)
        case Mapping() | Sequence():
            size = len(value.entries) if isinstance(value, Mapping) else len(value.items)
            return True if size else (False if value.complete else None)
        case Choice():
            answers = {truth(option) for option in value.options}
            return answers.pop() if len(answers) == 1 else None
        case Function() | Partial() | UserClass() | UserObject() | ModuleValue() | Builtin() | Instance():
            return True
        case Api():
            return None
        case _:
            return None


def deps_of(value: Value | None, depth: int = 6) -> Deps:
    """Every ApiCall a value came from, through containers, closures excepted."""
    match value:
        case None:
            return NONE
        case Tensor() | Const() | Unknown():
            return value.deps
        case Sequence() if depth:
            return value.deps.union(*(deps_of(item, depth - 1) for item in value.items))
        case Mapping() if depth:
            return value.deps.union(*(deps_of(item, depth - 1) for item in value.entries.values()))
        case Choice() if depth:
            return value.deps.union(*(deps_of(item, depth - 1) for item in value.options))
        case UserObject() if depth:
            return value.deps.union(
                *(deps_of(item, depth - 2) for item in value.attributes.values()) if depth > 1 else ()
            )
        case Instance():
            return value.deps
        case Partial() if depth:
            return value.deps.union(*(deps_of(item, depth - 1) for item in value.arguments.values()))
        case _:
            return value.deps


def with_deps(value: Value, deps: Deps) -> Value:
    """The value, known to come from these calls too."""
    if not deps or deps <= value.deps:
        return value
    match value:
        case Unknown() | Const() | Api() | Tensor() | Array() | Choice():
            return replace(value, deps=value.deps | deps)
        case Sequence():
            return Sequence(
                value.kind, [with_deps(item, deps) for item in value.items], value.complete, value.deps | deps
            )
        case Mapping():
            entries = {key: with_deps(item, deps) for key, item in value.entries.items()}
            return Mapping(entries, value.complete, value.deps | deps, value.tag, value.spans, value.span)
        case _:
            return value


def iterate(value: Value) -> list[Value] | None:
    """The items of an iteration, where all of them are known; of what flags choose, those by default."""
    match value:
        case Choice(options=(usual, *_), usual=True):
            return iterate(usual)
        case Sequence() if value.complete:
            return list(value.items)
        case Instance(api=api) if api == NAMED_TUPLE:
            return list(value.attributes.values())
        case Mapping() if value.complete:
            return [Const(key) for key in value.entries]
        case Const(value=str() | tuple() | range() as content) if len(content) <= 256:
            return [Const(item) for item in content]
        case _:
            return None
