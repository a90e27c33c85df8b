"""A graph in pieces that a person can take in: groups by name scope or by line, each opened in a drawing of its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from analyzer.exported import ExportedGraph, GraphOp, Support
from analyzer.findings import Span

MOST_NODES = 40
"""Nodes of one drawing."""
CONSTANT = frozenset({"Const", "VarHandleOp", "Variable", "VariableV2", "NoOp"})
PASSES_ON = frozenset({"Identity", "StopGradient", "ReadVariableOp"})

Name = tuple[str, str]
"""The function an op lies in, and its name there."""


@dataclass(frozen=True, slots=True)
class Node:
    """An op with what it calls, or a group of ops that lie in one scope, or on one line."""

    title: str
    name: str
    ops: tuple[GraphOp, ...]
    level: int | None = None
    """The drawing that shows what is in it."""
    role: str = ""
    """What it is to the signature: "input history", "output demand"."""

    @property
    def support(self) -> Support:
        """That of the op which is worst off."""
        return min((op.support for op in self.ops), key=LOUDEST.index)

    @property
    def lines(self) -> tuple[Span, ...]:
        """The innermost of the user's lines that made its ops."""
        return tuple(dict.fromkeys(op.lines[-1] for op in self.ops if op.lines))


LOUDEST = (Support.REFUSED, Support.SELECT, Support.UNKNOWN, Support.BUILTIN, Support.FOLDED, Support.DEAD)


@dataclass(frozen=True, slots=True)
class Level:
    """One drawing: its title, the drawing it was opened from, its nodes, and edges by their places."""

    title: str
    above: int | None
    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]


def drawn(graph: ExportedGraph) -> tuple[GraphOp, ...]:
    """The ops that a drawing shows: no constants, variables and what only passes them on."""
    return tuple(_Pieces(graph).drawn.values())


Key = Callable[[GraphOp], Hashable]


def levels(graph: ExportedGraph) -> tuple[Level, ...]:
    """The drawings, the whole graph first."""
    return tuple(_Pieces(graph).all())


class _Pieces:
    """The ops that are drawn, and what each of them reads once the others are left out."""

    def __init__(self, graph: ExportedGraph) -> None:
        self.roles = {name: f"output {key}" for name, key in graph.outputs}
        self.roles |= {name: f"input {key}" for name, key in graph.inputs}
        self.ops: dict[Name, GraphOp] = {(op.within, op.name): op for op in graph.ops}
        self.drawn = {name: op for name, op in self.ops.items() if self._is_drawn(op)}
        self.reads = {name: tuple(self._sources(op)) for name, op in self.drawn.items()}
        self.levels: list[Level] = []

    def all(self) -> list[Level]:
        top = [op for op in self.drawn.values() if not op.within]
        self._draw("whole graph", None, top)
        return self.levels

    def _is_drawn(self, op: GraphOp) -> bool:
        if op.support in (Support.REFUSED, Support.SELECT) or self._role(op):
            return True
        return op.type not in CONSTANT and not (op.type in PASSES_ON and len(op.reads) <= 1)

    def _role(self, op: GraphOp) -> str:
        return "" if op.within else self.roles.get(op.name, "")

    def _sources(self, op: GraphOp) -> Iterator[Name]:
        """The drawn ops that this one reads, directly or through what is left out."""
        waiting, seen = [(op.within, name) for name in op.reads], set[Name]()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self.ops:
                continue
            seen.add(name)
            if name in self.drawn:
                yield name
            else:
                waiting += [(name[0], below) for below in self.ops[name].reads]

    def _draw(self, title: str, above: int | None, ops: Sequence[GraphOp]) -> int:
        """Adds a drawing of these ops, and of all that lies in its groups; its number."""
        number = len(self.levels)
        self.levels.append(Level(title, above, (), ()))
        groups = _grouped(ops)
        place = {(op.within, op.name): at for at, group in enumerate(groups.values()) for op in group}
        shared = _shared(ops)
        nodes = [self._node(key, tuple(group), number, len(groups), shared) for key, group in groups.items()]
        edges = {
            (place[source], place[name]): None
            for name in place
            for source in self.reads[name]
            if source in place and place[source] != place[name]
        }
        self.levels[number] = Level(title, above, tuple(nodes), tuple(edges))
        return number

    def _node(self, key: Hashable, ops: tuple[GraphOp, ...], above: int, beside: int, shared: int) -> Node:
        if len(ops) > 1:
            title = _title(key, ops, shared)
            inner = self._draw(title, above, ops) if beside > 1 and len(_grouped(ops)) > 1 else None
            return Node(title, title, ops, inner)
        (op,) = ops
        inside = [other for other in self.drawn.values() if other.within in op.calls]
        inner = self._draw(op.name, above, inside) if inside else None
        return Node(op.type, op.name, (op, *inside), inner, self._role(op))


def _grouped(ops: Sequence[GraphOp]) -> Mapping[Hashable, list[GraphOp]]:
    """The finest grouping that is small enough to draw; as one group where none is."""
    for key in _groupings(ops):
        groups: dict[Hashable, list[GraphOp]] = {}
        for op in ops:
            groups.setdefault(key(op), []).append(op)
        if len(groups) <= MOST_NODES:
            return groups
    return {"": list(ops)}


def _groupings(ops: Sequence[GraphOp]) -> Iterator[Key]:
    """Each op by itself, by ever shorter scopes, then by ever shorter ways through the user's code."""
    yield lambda op: (op.within, op.name)
    yield from (_by_scope(depth) for depth in range(max(len(_scope(op)) for op in ops), 1, -1))
    yield from (_by_way(depth) for depth in range(max(len(op.lines) for op in ops), 0, -1))


def _by_scope(depth: int) -> Key:
    # An op that stands in no deeper scope is a node of its own.
    return lambda op: _scope(op)[:depth] if len(_scope(op)) >= depth else (*_scope(op), op.name)


def _by_way(depth: int) -> Key:
    return lambda op: op.lines[:depth]


def _scope(op: GraphOp) -> tuple[str, ...]:
    return (op.within, *op.name.split("/")[:-1])


def _shared(ops: Sequence[GraphOp]) -> int:
    """How many scopes all of them lie in."""
    scopes = [_scope(op) for op in ops]
    ways = zip(*scopes, strict=False)
    return sum(1 for _ in takewhile(lambda names: len(set(names)) == 1, ways))


def _title(key: Hashable, ops: Sequence[GraphOp], shared: int) -> str:
    match key:
        case (*_, Span() as line):
            return f"line {line.line}"
        case (*scopes, str() as last):
            return "/".join(map(str, [*scopes, last][min(shared, len(scopes)) :]))
        case _:
            return ops[0].type
