"""The graphs of a report as the page's script draws them: boxes, lines, and where in the sources they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from analyzer.exported import ExportedGraph, GraphOp, Support
from analyzer.findings import Span
from analyzer.reporting.html.layout import Point, layered
from analyzer.reporting.html.levels import LOUDEST, Level, Node, drawn, levels
from analyzer.reporting.wording import plural

HEIGHT = 40.0
LETTER = 7.3
"""Width of a letter in a node, in pixels."""
NARROWEST = 84.0
MOST_LETTERS = 26
MOST_TYPES = 12
"""Op types that a group tells of."""

Anchor = Callable[[Span], str]
"""The id that a line has in the page, "" where it is not in it."""


def drawings(graph: ExportedGraph, anchor: Anchor) -> list[dict[str, Any]]:
    """Every level of a graph, laid out, as plain values for JSON."""
    return [_level(level, anchor) for level in levels(graph)]


def _level(level: Level, anchor: Anchor) -> dict[str, Any]:
    labels = [(_short(node.title), _short(_below(node))) for node in level.nodes]
    sizes = [(max(NARROWEST, LETTER * max(map(len, label)) + 24), HEIGHT) for label in labels]
    laid = layered(sizes, level.edges)
    return {
        "title": level.title,
        "above": level.above,
        "width": round(laid.width),
        "height": round(laid.height),
        "nodes": [
            {
                "label": label,
                "box": [round(box.x), round(box.y), round(box.width), round(box.height)],
                **_node(node, anchor),
            }
            for node, label, box in zip(level.nodes, labels, laid.boxes, strict=True)
        ],
        "edges": [{"from": pair[0], "to": pair[1], "path": _path(laid.lines[pair])} for pair in level.edges],
    }


def _node(node: Node, anchor: Anchor) -> dict[str, Any]:
    outer = dict.fromkeys(anchor(line) for op in node.ops for line in op.lines[:-1])
    inner = dict.fromkeys(anchor(line) for line in node.lines)
    types = Counter((op.type, op.support.value) for op in node.ops)
    return {
        "name": node.name,
        "role": node.role,
        "makes": node.ops[-1].makes if len(node.ops) == 1 else "",
        "support": node.support.value,
        "level": node.level,
        "lines": [line for line in inner if line],
        "through": [line for line in outer if line and line not in inner],
        "types": [[kind, count, support] for (kind, support), count in types.most_common(MOST_TYPES)],
        "more": max(0, len(types) - MOST_TYPES),
    }


def _below(node: Node) -> str:
    """The second row of a node."""
    if node.role:
        return node.role
    if len(node.ops) > 1:
        return plural(len(node.ops), "op")
    return _shape(node.ops[0])


def _shape(op: GraphOp) -> str:
    return "" if op.makes.endswith("shape") else op.makes


def _short(text: str) -> str:
    """The end of a name tells more than its beginning."""
    return text if len(text) <= MOST_LETTERS else "…" + text[1 - MOST_LETTERS :]


def _path(points: Sequence[Point]) -> str:
    """An SVG path through these points, its bends rounded."""
    spelled = [f"{round(x)} {round(y)}" for x, y in points]
    if len(points) == 2:
        return f"M{spelled[0]}L{spelled[1]}"
    middles = [f"{round((x + right) / 2)} {round((y + below) / 2)}" for (x, y), (right, below) in pairwise(points[1:])]
    curves = "".join(f"Q{bend} {middle}" for bend, middle in zip(spelled[1:-1], middles, strict=True))
    return f"M{spelled[0]}{curves}L{spelled[-1]}"


def by_line(graphs: Sequence[ExportedGraph], anchor: Anchor) -> dict[str, tuple[int, Support]]:
    """How many of the ops that are drawn each line makes, dead ones aside, and the worst that became of one."""
    found: dict[str, list[Support]] = {}
    for graph in graphs:
        for op in drawn(graph):
            if op.lines and (place := anchor(op.lines[-1])):
                found.setdefault(place, []).append(op.support)
    return {
        place: (sum(one is not Support.DEAD for one in supports), min(supports, key=LOUDEST.index))
        for place, supports in found.items()
    }
