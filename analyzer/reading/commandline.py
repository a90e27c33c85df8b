"""argparse: the namespace that a run without arguments is given."""

from __future__ import annotations

from collections.abc import Callable

from analyzer.reading.values import (
    UNKNOWN,
    Arguments,
    Builtin,
    Choice,
    Const,
    Instance,
    Mapping,
    Sequence,
    Unknown,
    Value,
)

PARSER = "argparse.ArgumentParser"
NAMESPACE = "argparse.Namespace"
_GROUPS = frozenset({"add_argument_group", "add_mutually_exclusive_group"})
_PARSES = frozenset({"parse_args", "parse_known_args", "parse_intermixed_args"})
_TYPES: dict[str, Callable[[str], object]] = {"int": int, "float": float}


def parser(arguments: Arguments) -> Instance:
    """`argparse.ArgumentParser(...)`; its attributes are the options by destination."""
    made = Instance(PARSER, -1, arguments)
    given = arguments.get("parents")
    for parent in given.items if isinstance(given, Sequence) else ():
        if isinstance(parent, Instance) and parent.api == PARSER:
            made.attributes |= parent.attributes
    return made


def namespace(attributes: dict[str, Value]) -> Instance:
    return Instance(NAMESPACE, -1, Arguments(), attributes=attributes)


def method(owner: Instance, name: str, arguments: Arguments) -> Value:
    """A method of a parser."""
    if name in _GROUPS:
        return owner
    if name == "add_argument":
        if (destination := _destination(arguments)) is not None:
            owner.attributes[destination] = _option(arguments)
        return UNKNOWN
    if name == "set_defaults":
        owner.attributes |= {key: _flag(value) for key, value in arguments.keywords.items()}
        return Const(None)
    if name in _PARSES:
        made = namespace(dict(owner.attributes))
        return Sequence("tuple", [made, Unknown()]) if name == "parse_known_args" else made
    return UNKNOWN


def as_dict(owner: Instance) -> Mapping:
    """`vars(args)`: what else it holds is not known."""
    return Mapping(dict(owner.attributes), complete=False)


def _flag(default: Value) -> Value:
    """An option: its default, or anything."""
    known = isinstance(default, Sequence) or (isinstance(default, Const) and default.value is not None)
    return Choice((default, UNKNOWN), usual=True) if known else UNKNOWN


def _destination(arguments: Arguments) -> str | None:
    told = arguments.get("dest")
    if isinstance(told, Const) and isinstance(told.value, str):
        return told.value
    names = [value.value for value in arguments.positional if isinstance(value, Const) and isinstance(value.value, str)]
    if not names:
        return None
    chosen = next((name for name in names if name.startswith("--")), names[0])
    return chosen.lstrip("-").replace("-", "_")


def _option(arguments: Arguments) -> Value:
    default = arguments.get("default")
    action = arguments.get("action")
    if default is None and isinstance(action, Const) and action.value in ("store_true", "store_false"):
        return _flag(Const(action.value == "store_false"))
    if isinstance(default, Const) and isinstance(default.value, str):
        return _flag(_converted(default.value, arguments.get("type")))
    return _flag(default) if default is not None else UNKNOWN


def _converted(text: str, kind: Value | None) -> Value:
    """A default that is text goes through `type`, as an argument would."""
    if kind is None:
        return Const(text)
    name = kind.name if isinstance(kind, Builtin) else ""
    if name == "str":
        return Const(text)
    try:
        return Const(_TYPES[name](text))
    except (KeyError, ValueError):
        return UNKNOWN
