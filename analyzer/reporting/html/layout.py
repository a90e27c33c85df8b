"""Where the nodes of a drawing lie, in layers from the top down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout
from grandalf.routing import EdgeViewer, route_with_lines

MARGIN = 12.0
BETWEEN = 22.0
"""Between nodes beside each other, and between parts that nothing joins."""
LAYERS_APART = 26.0
ROUNDS = 4
"""Sweeps that look for an order with fewer crossings."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A node's upper left corner and size, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The boxes of all nodes, in their order; the bends of each edge by its two nodes; and the size of it all."""

    boxes: tuple[Box, ...]
    lines: dict[tuple[int, int], tuple[Point, ...]]
    width: float
    height: float


class _View:
    """What grandalf asks of a node; it sets the centre."""

    def __init__(self, width: float, height: float) -> None:
        self.w = width
        self.h = height
        self.xy: Point = (0.0, 0.0)


def layered(sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]]) -> Drawing:
    """The drawing of nodes of these sizes; parts that nothing joins lie side by side, the largest first."""
    vertices = [Vertex(number) for number in range(len(sizes))]
    for vertex, size in zip(vertices, sizes, strict=True):
        vertex.view = _View(*size)
    joined = {pair: Edge(vertices[pair[0]], vertices[pair[1]]) for pair in edges if pair[0] != pair[1]}
    for edge in joined.values():
        edge.view = EdgeViewer()
    boxes: dict[int, Box] = {}
    lines: dict[tuple[int, int], tuple[Point, ...]] = {}
    right, bottom = MARGIN, 0.0
    for part in sorted(Graph(vertices, list(joined.values())).C, key=lambda part: -len(part.sV)):
        _arrange(part)
        own = {vertex.data: _box(vertex.view) for vertex in part.sV}
        bends = {pair: _bends(edge) for pair, edge in joined.items() if pair[0] in own}
        corners = [(box.x, box.y) for box in own.values()] + [point for points in bends.values() for point in points]
        dx, dy = right - min(x for x, _ in corners), MARGIN - min(y for _, y in corners)
        boxes |= {number: Box(box.x + dx, box.y + dy, box.width, box.height) for number, box in own.items()}
        lines |= {pair: tuple((x + dx, y + dy) for x, y in points) for pair, points in bends.items()}
        ends = [boxes[number] for number in own]
        right = max([box.x + box.width for box in ends] + [x for pair in bends for x, _ in lines[pair]]) + BETWEEN
        bottom = max(bottom, *(box.y + box.height for box in ends))
    return Drawing(
        tuple(boxes[number] for number in range(len(sizes))), lines, right - BETWEEN + MARGIN, bottom + MARGIN
    )


def _arrange(part: Graph) -> None:
    layout = SugiyamaLayout(part)
    layout.route_edge = route_with_lines
    layout.xspace, layout.yspace = BETWEEN, LAYERS_APART
    layout.init_all(optimize=True)
    layout.draw(ROUNDS)


def _box(view: _View) -> Box:
    return Box(view.xy[0] - view.w / 2, view.xy[1] - view.h / 2, view.w, view.h)


def _bends(edge: Edge) -> tuple[Point, ...]:
    """From the lower edge of one node to the upper edge of the other; grandalf turns round what runs in a circle."""
    points = list(edge.view._pts)
    upper, lower = edge.v[0].view, edge.v[1].view
    points[0] = (upper.xy[0], upper.xy[1] + upper.h / 2)
    points[-1] = (lower.xy[0], lower.xy[1] - lower.h / 2)
    return tuple((float(x), float(y)) for x, y in points)
