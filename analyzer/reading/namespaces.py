"""Objects that are nothing but named values: namedtuples, SimpleNamespace, EasyDict and the like, `obj.__dict__`."""

from __future__ import annotations

from analyzer.reading.joining import join
from analyzer.reading.values import (
    NAMED_TUPLE,
    UNKNOWN,
    Api,
    Arguments,
    Const,
    Instance,
    Mapping,
    Partial,
    Sequence,
    Unknown,
    UserObject,
    Value,
    deps_of,
    iterate,
)

HPARAMS = "tensorflow.contrib.training.HParams"
NAMESPACES = frozenset(
    "types.SimpleNamespace easydict.EasyDict munch.Munch attrdict.AttrDict addict.Dict box.Box dotmap.DotMap "
    "ml_collections.ConfigDict ml_collections.config_dict.ConfigDict".split()
)
"""Classes whose instances hold what their constructor is given, under its name."""
DICT_METHODS = frozenset("get pop items keys values update setdefault".split())


def call(name: str, arguments: Arguments) -> Value | None:
    """What these classes, and the makers of namedtuples, return; None for any other call."""
    match name, arguments.positional:
        case "collections.namedtuple", (_, fields, *_):
            if isinstance(fields, Const) and isinstance(fields.value, str):
                fields = Sequence("list", [Const(one) for one in fields.value.replace(",", " ").split()])
            return _maker(fields, arguments.get("defaults", 5))
        case "typing.NamedTuple", (_, pairs):
            items = iterate(pairs) or []
            return _maker(Sequence("list", [pair.items[0] for pair in items if isinstance(pair, Sequence)]), None)
        case _ if name == NAMED_TUPLE:
            return _named_tuple(arguments)
        case _:
            return make(name, arguments) if name in NAMESPACES else None


def _maker(fields: Value, defaults: Value | None) -> Partial:
    return Partial(Api(NAMED_TUPLE), Arguments((fields, defaults or Const(None))))


def make(name: str, arguments: Arguments) -> Instance:
    """`SimpleNamespace(a=1)`, `EasyDict({"a": 1})`."""
    made = Instance(name, -1, arguments, attributes=dict(arguments.keywords))
    for given in arguments.positional:
        _take(made, given)
    return made


def _named_tuple(arguments: Arguments) -> Instance:
    """An instance of a namedtuple: its names and defaults come before what it is given."""
    names = field_names(arguments)
    given = dict(zip(names, arguments.positional[2:], strict=False)) | arguments.keywords
    defaults = iterate(arguments.positional[1]) if len(arguments.positional) > 1 else None
    usual = dict(zip(reversed(names), reversed(defaults or []), strict=False))
    ordered = {name: given.get(name, usual.get(name, UNKNOWN)) for name in names}
    return Instance(NAMED_TUPLE, -1, arguments, attributes=ordered)


def field_names(arguments: Arguments) -> list[str]:
    """The field names that a namedtuple was made with."""
    items = iterate(arguments.positional[0]) if arguments.positional else None
    return [str(item.value) for item in items or [] if isinstance(item, Const)]


def holds_names(owner: Instance) -> bool:
    return owner.api in NAMESPACES or owner.api in (NAMED_TUPLE, HPARAMS)


def fill(made: UserObject, arguments: Arguments) -> None:
    """What a class derived from dict is constructed with: its items, here its attributes too."""
    for given in arguments.positional:
        if isinstance(given, Mapping):
            made.attributes |= {str(key): value for key, value in given.entries.items()}
    made.attributes |= arguments.keywords


def dict_of(owner: Value) -> Value | None:
    """`vars(owner)` or `owner.__dict__`: the attributes themselves, so that what is written to it is an attribute."""
    match owner:
        case UserObject():
            return Mapping(owner.attributes)
        case Instance() if holds_names(owner):
            return Mapping(owner.attributes)
        case _:
            return None


def replace_dict(owner: Value, value: Value) -> None:
    """`owner.__dict__ = value`."""
    if isinstance(owner, (UserObject, Instance)) and isinstance(value, Mapping):
        owner.attributes |= {str(key): item for key, item in value.entries.items()}


def item(owner: Value, key: Value) -> Value | None:
    """`owner[key]`, None where it is not among the names."""
    match owner, key:
        case Instance(api=api), Const(value=int(index)) if api == NAMED_TUPLE:
            values = list(owner.attributes.values())
            return values[index] if -len(values) <= index < len(values) else None
        case Instance() | UserObject(), Const(value=str(name)):
            return owner.attributes.get(name)
        case _:
            return None


def method(owner: Instance, name: str, arguments: Arguments) -> Value | None:
    """A method of such an object, None where it has none of this name."""
    if not holds_names(owner):
        return None
    first = arguments.positional[0] if arguments.positional else None
    match name:
        case "_replace":
            return Instance(owner.api, owner.call, owner.arguments, owner.deps, owner.span,
                            attributes=_replaced(owner, arguments))  # fmt: skip
        case "_asdict" | "values" | "copy" if owner.api in (NAMED_TUPLE, HPARAMS):
            return Mapping(dict(owner.attributes))
        case "get" | "pop" if isinstance(first, Const):
            default = arguments.positional[1] if len(arguments.positional) > 1 else Const(None)
            return owner.attributes.get(str(first.value), default)
        case "copy":
            return Instance(owner.api, owner.call, owner.arguments, owner.deps, owner.span,
                            attributes=dict(owner.attributes))  # fmt: skip
        case "items" | "keys" | "values":
            return _listed(owner, name)
        case "update" | "override_from_dict" | "add_hparam" | "set_hparam":
            _written(owner, name, arguments)
            return owner if name == "override_from_dict" else Const(None)
        case "parse" | "parse_json":
            owner.attributes |= {key: join(value, UNKNOWN) for key, value in owner.attributes.items()}
            return owner
        case _:
            return None


def _replaced(owner: Instance, arguments: Arguments) -> dict[str, Value]:
    """What `_replace` leaves; where it is given names that are not known, any of them may be another."""
    kept = (
        {key: join(value, UNKNOWN) for key, value in owner.attributes.items()} if arguments.open else owner.attributes
    )
    return kept | arguments.keywords


def _listed(owner: Instance, name: str) -> Sequence:
    names, values = [Const(key) for key in owner.attributes], list(owner.attributes.values())
    match name:
        case "keys":
            return Sequence("list", [*names])
        case "values":
            return Sequence("list", values)
        case _:
            return Sequence("list", [Sequence("tuple", [*pair]) for pair in zip(names, values, strict=True)])


def _written(owner: Instance, name: str, arguments: Arguments) -> None:
    first = arguments.positional[0] if arguments.positional else None
    if name in ("add_hparam", "set_hparam"):
        if isinstance(first, Const) and len(arguments.positional) > 1:
            owner.attributes[str(first.value)] = arguments.positional[1]
        return
    for given in arguments.positional:
        _take(owner, given)
    owner.attributes |= arguments.keywords


def _take(owner: Instance, given: Value) -> None:
    """Takes the entries of a dict; nested dicts are such objects too."""
    match given:
        case Mapping():
            for key, value in given.entries.items():
                nested = isinstance(value, Mapping) and owner.api != HPARAMS
                owner.attributes[str(key)] = make(owner.api, Arguments((value,))) if nested else value
        case Instance() if holds_names(given):
            owner.attributes |= given.attributes
        case _:
            owner.deps |= deps_of(given) if not isinstance(given, Unknown) else frozenset()
