"""What the worker answers, read from its JSON: a program may have tampered with it, so every type is checked."""

from __future__ import annotations

import builtins
import types
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import cache, lru_cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from analyzer.dryrun.protocol import Frame, Job, Outcome


class Forged(Exception):
    """What came back is no report of the worker's: the program may have written it itself."""


@dataclass(frozen=True, slots=True)
class SavedBuild:
    """Where a build left its SavedModel; None where it did not get so far."""

    saved: str | None


@dataclass(frozen=True, slots=True)
class PickledCall:
    """The file that holds a conversion of the program's own."""

    pickle: str


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """What the build stage left on disk of one model."""

    as_written: SavedBuild
    mended: SavedBuild | None = None
    calls: tuple[PickledCall, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildAnswer:
    """What the build stage says beside the Outcome. `wants_v1`: the program stopped for want of `v1_names`."""

    finished: bool = False
    wants_v1: bool = False
    v1_names: tuple[str, ...] = ()
    models: tuple[ModelFiles, ...] = ()


@dataclass(frozen=True, slots=True)
class InvokeAnswer:
    """What the invoke stage says: fields of ConversionResult."""

    interpreter: str
    interpreter_words: str
    interpreter_nodes: tuple[str, ...] = ()


def to_json(value: Job | Outcome) -> dict[str, Any]:
    """A job or an outcome as plain JSON values."""
    return asdict(value)


def outcome_from_json(data: dict[str, Any]) -> Outcome:
    """An outcome from plain JSON values; keys this version does not know are left out. Raises Forged."""
    return read(Outcome, data)


Kind = TypeVar("Kind")


def read(kind: type[Kind], data: dict[str, Any]) -> Kind:
    """An instance of one of these classes from plain JSON values, each of its type. Raises Forged."""
    try:
        return cast(Kind, _read(kind, data))
    except (AttributeError, KeyError, RecursionError, TypeError) as error:
        raise Forged(str(error)) from error


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((item.name, hints[item.name]) for item in fields(kind))


def _read(kind: Any, value: Any) -> Any:
    """`value` as an instance of `kind`: a dataclass, a union with None, a tuple, a dict or a plain value."""
    if kind is Frame:
        return _frame(value["path"], value["line"], value["function"])
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**{name: _read(hint, value[name]) for name, hint in _fields(kind) if name in value})
    arguments = get_args(kind)
    match get_origin(kind):
        case types.UnionType if value is None and types.NoneType in arguments:
            return None
        case types.UnionType:
            return _read(next(part for part in arguments if part is not types.NoneType), value)
        case builtins.tuple if isinstance(value, (list, tuple)):
            return tuple(_read(arguments[0], item) for item in value)
        case builtins.dict:
            return {key: _read(arguments[1], item) for key, item in value.items()}
        case None if kind is Any or isinstance(value, (int, float) if kind is float else kind):
            return value
        case _:
            raise TypeError(f"{value!r} is no {kind}")


@lru_cache(maxsize=4096)
def _frame(path: Any, line: Any, function: Any) -> Frame:
    if not (isinstance(path, str) and isinstance(line, int) and isinstance(function, str)):
        raise TypeError("this is no frame")
    return Frame(path, line, function)
