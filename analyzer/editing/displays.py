"""Edits to a dict that is written out."""

from __future__ import annotations

from collections.abc import Iterable
from tokenize import TokenInfo

from astroid import nodes

from analyzer.editing.text import Modules, after, before, between, comment_between
from analyzer.findings import Edit, Span
from analyzer.reading.project import Module


def entry(modules: Modules, key: Span | None) -> tuple[Module, nodes.Dict, int] | None:
    """The dict display that writes a key at this place, and the number of the entry."""
    module = modules.get(key.path) if key is not None else None
    if module is None:
        return None
    for display in module.tree.nodes_of_class(nodes.Dict):
        for number, (written, _) in enumerate(display.items):
            if isinstance(written, nodes.Const) and module.span(written) == key:
                return module, display, number
    return None


def value_at(modules: Modules, key: Span | None) -> tuple[Module, nodes.NodeNG] | None:
    """The value that a dict display gives to the key at this place."""
    found = entry(modules, key)
    return (found[0], found[1].items[found[2]][1]) if found is not None else None


def without_keys(modules: Modules, keys: Iterable[Span | None]) -> tuple[Edit, ...] | None:
    """The displays without the entries at these places; None where one of them is not to be had."""
    edits: list[Edit] = []
    for key in dict.fromkeys(keys):
        found = entry(modules, key)
        edit = without(*found) if found is not None else None
        if edit is None:
            return None
        edits.append(edit)
    return tuple(edits)


def without(module: Module, display: nodes.Dict, number: int) -> Edit | None:
    """The display without one of its several entries; a comment that stands beside another one is kept."""
    keys = [key for key, _ in display.items]
    if len(keys) < 2:
        return None
    key, value = (module.span(node) for node in display.items[number])
    following = list(_until(module, value))
    if not following:
        return None
    comma = following[-1]
    if comma.string == "," and number < len(keys) - 1:
        start, end = (key.line, key.column), (comma.end[0], comma.end[1] + 1)
        item = next(after(module, *end), None)
        if item is not None and not comment_between(module, end, (item.start[0], item.start[1] + 1)):
            end = item.start[0], item.start[1] + 1
        return Edit(between(module, start, end), "")
    earlier = next(before(module, key.line, key.column), None)
    if earlier is None or earlier.string != ",":
        return None
    close = following[-2] if len(following) > 1 else None
    end = (close.end[0], close.end[1] + 1) if close is not None else (value.end_line, value.end_column)
    return Edit(between(module, (earlier.start[0], earlier.start[1] + 1), end), "")


def _until(module: Module, value: Span) -> list[TokenInfo]:
    """The tokens from the end of a value to the comma or brace behind it."""
    found: list[TokenInfo] = []
    for token in after(module, value.end_line, value.end_column):
        found.append(token)
        if token.string in (",", "}"):
            return found
        if token.string != ")":
            return []
    return []
