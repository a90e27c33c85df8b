"""Two branches that meet: what a variable may be behind them, and what it is in a run without flags."""

from __future__ import annotations

from dataclasses import replace

from analyzer.reading.values import (
    Api,
    Array,
    Choice,
    Const,
    Function,
    Mapping,
    Sequence,
    Tensor,
    Unknown,
    Value,
    deps_of,
)

MOST_OPTIONS = 4


def join(left: Value, right: Value) -> Value:
    """What a variable may be after two branches met."""
    if left is right or _same(left, right):
        return left
    match left, right:
        case Tensor(), Tensor():
            same = left.shape is not None and right.shape is not None and len(left.shape) == len(right.shape)
            shape = (
                tuple(a if a == b else None for a, b in zip(left.shape or (), right.shape or (), strict=True))
                if same
                else None
            )
            return Tensor(left.deps | right.deps, left.dtype if left.dtype == right.dtype else None, shape)
        case Unknown(), Unknown():
            return Unknown(left.deps | right.deps, left.tag or right.tag)
        case Mapping(), Mapping():
            entries = dict(left.entries)
            for key, item in right.entries.items():
                entries[key] = join(entries[key], item) if key in entries else item
            complete = left.complete and right.complete and left.entries.keys() == right.entries.keys()
            tag = left.tag or right.tag
            return Mapping(entries, complete, left.deps | right.deps, tag, {**right.spans, **left.spans})
        case Sequence(), Sequence() if left.kind == right.kind and len(left.items) == len(right.items):
            items = [join(a, b) for a, b in zip(left.items, right.items, strict=True)]
            return Sequence(left.kind, items, left.complete and right.complete, left.deps | right.deps)
        case _:
            options: list[Value] = []
            for option in (*_options(left), *_options(right)):
                if not any(option is seen or _same(option, seen) for seen in options):
                    options.append(option)
            if len(options) > MOST_OPTIONS:
                return Unknown(deps_of(left) | deps_of(right))
            return Choice(tuple(options), left.deps | right.deps)


def preferring(usual: Value, joined: Value) -> Value:
    """What `join` made of values of which one is what a run without flags gives: that one is told first."""
    if isinstance(usual, Tensor) and isinstance(joined, Tensor):
        return replace(usual, deps=joined.deps)
    if not isinstance(joined, Choice) or (isinstance(usual, Choice) and not usual.usual):
        return joined
    first = _options(usual)[0]
    rest = tuple(option for option in joined.options if not (option is first or _same(option, first)))
    return Choice((first, *rest), joined.deps, usual=True)


def _options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Choice) else (value,)


def _same(left: Value, right: Value) -> bool:
    if type(left) is not type(right):
        return False
    match left, right:
        case Const(), Const():
            return type(left.value) is type(right.value) and bool(left.value == right.value) and left.deps == right.deps
        case (Unknown(), Unknown()) | (Tensor(), Tensor()) | (Array(), Array()):
            return left == right
        case Api(), Api():
            return left.name == right.name
        case Function(), Function():
            return left.node is right.node and left.env is right.env and left.bound is right.bound
        case _:
            return False


def by_default(value: Value) -> Value:
    """What a value is in a run without flags."""
    match value:
        case Choice(options=(Const() | Sequence() as default, *_), usual=True):
            return by_default(default)
        case Sequence():
            return Sequence(value.kind, [by_default(item) for item in value.items], value.complete, value.deps)
        case _:
            return value
