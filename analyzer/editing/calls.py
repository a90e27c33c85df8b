"""Edits to a call: an argument given, another function called."""

from __future__ import annotations

import tokenize

from astroid import nodes

from analyzer.editing.scopes import tensorflow_at
from analyzer.editing.text import Modules, after, before, find, insert, replace, tokens
from analyzer.findings import Edit
from analyzer.reading.project import Module
from analyzer.reading.record import ApiCall


def written(modules: Modules, call: ApiCall) -> tuple[Module, nodes.Call] | None:
    """A library call as the program writes it; None where it is made inside another one (a layer's normalizer_fn)."""
    found = find(modules, call.span, nodes.Call)
    if found is None:
        return None
    _, node = found
    name = call.name.rpartition(".")[2]
    spelled = node.func.attrname if isinstance(node.func, nodes.Attribute) else getattr(node.func, "name", "")
    if name == "__call__":
        return found if not _is_api(spelled, call.spelled) else None
    return found if _is_api(spelled, call.spelled) else None


def _is_api(word: str, spelled: str) -> bool:
    return bool(word) and spelled.rpartition(".")[2] == word


def argument(node: nodes.Call, name: str, index: int | None = None) -> nodes.NodeNG | None:
    """What the call is given under a name or at a position, where that is written in the call."""
    for keyword in node.keywords:
        if keyword.arg == name:
            return keyword.value
    if (
        index is None
        or index >= len(node.args)
        or any(isinstance(one, nodes.Starred) for one in node.args[: index + 1])
    ):
        return None
    return node.args[index]


def with_argument(
    module: Module, node: nodes.Call, name: str, text: str, index: int | None = None
) -> tuple[Edit, ...] | None:
    """The call with this argument: in the place of the one it has, else added at its end.

    None where `*args` or `**kwargs` may hold it already.
    """
    given = argument(node, name, index)
    if given is not None:
        return (replace(module, given, text),)
    if any(isinstance(one, nodes.Starred) for one in node.args) or any(one.arg is None for one in node.keywords):
        return None
    if len(node.args) == 1 and isinstance(node.args[0], nodes.GeneratorExp):
        return None
    return _added(module, node, f"{name}={text}")


def _added(module: Module, node: nodes.Call, text: str) -> tuple[Edit, ...] | None:
    span = module.span(node)
    last = next(before(module, span.end_line, span.end_column - 1), None)
    if last is None:
        return None
    line, column = last.end[0], last.end[1] + 1
    if last.string == "(":
        return (insert(module, line, column, text),)
    if last.string != ",":
        return (insert(module, line, column, f", {text}"),)
    own_line = _begins_line(module, last.start[0], node)
    if own_line is None:
        return (insert(module, line, column, f" {text},"),)
    end = len(module.parsed.source.lines[line - 1]) + 1
    return (insert(module, line, end, f"\n{own_line}{text},"),)


def _begins_line(module: Module, line: int, node: nodes.Call) -> str | None:
    """The indentation of a call's line that holds nothing but the end of its last argument."""
    last = max([*node.args, *node.keywords], key=lambda one: (one.lineno, one.col_offset))
    text = module.parsed.source.lines[line - 1]
    indent = text[: len(text) - len(text.lstrip())]
    starts = (last.lineno, module.span(last).column - 1) == (line, len(indent))
    alone = all(token.type in (tokenize.COMMENT, tokenize.NL) for token in _rest(module, line))
    return indent if starts and alone and line != module.span(node).line else None


def _rest(module: Module, line: int) -> list[tokenize.TokenInfo]:
    """The tokens after the last comma of a line."""
    on_line = [token for token in tokens(module) if token.start[0] == line]
    commas = [number for number, token in enumerate(on_line) if token.string == ","]
    return on_line[commas[-1] + 1 :] if commas else on_line


def renamed(module: Module, node: nodes.Call, name: str) -> Edit | None:
    """The call of a neighbour in the same API (`export.A` -> `export.B`); `name` is dotted from TensorFlow on."""
    func = node.func
    if isinstance(func, nodes.Attribute):
        word = next(before(module, module.span(func).end_line, module.span(func).end_column), None)
        if word is None or word.string != func.attrname:
            return None
        start, end = (word.start[0], word.start[1] + 1), (word.end[0], word.end[1] + 1)
        return Edit(type(module.span(func))(module.path, *start, *end), name.rpartition(".")[2])
    full = spelled(module, node, name)
    return replace(module, func, full) if full is not None else None


def spelled(module: Module, node: nodes.NodeNG, name: str) -> str | None:
    """An API name (`estimator.export.PredictOutput`) as it can be written at a node."""
    found = tensorflow_at(module, node)
    return f"{found.name}.{name}" if found is not None else None


def stands_loose(module: Module, node: nodes.NodeNG) -> bool:
    """Whether an expression may become a conditional one without parentheses."""
    span = module.span(node)
    left = next(before(module, span.line, span.column), None)
    right = next(after(module, span.end_line, span.end_column), None)
    opens = left is None or left.string in ("(", "[", "{", ",", "=", ":", "return")
    closes = right is None or right.string in (")", "]", "}", ",") or right.start[0] > span.end_line
    return opens and closes
