"""Big graphs in pieces: every op is in one of them, and no piece is too big to look at."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from analyzer.exported import ExportedGraph, GraphOp, Support
from analyzer.reporting.html.layout import layered
from analyzer.reporting.html.levels import MOST_NODES, Level, drawn, levels
from tests.html.pages import SMALL, at, graph, op


def encoder(layers: int) -> ExportedGraph:
    """A stack of layers as TensorFlow names them, each of 30 ops on 3 lines."""
    ops = [op("x", "Placeholder", 1)]
    for layer in range(layers):
        for number in range(30):
            name = f"bert/encoder/layer_{layer}/{'attention' if number < 20 else 'output'}/op_{number}"
            ops.append(op(name, "MatMul", 2 + number // 10, ops[-1].name))
    return graph(*ops, op("Softmax", "Softmax", 9, ops[-1].name))


def unnamed(count: int, lines: int) -> ExportedGraph:
    """Ops without scopes, made by a loop over some lines."""
    chain = [op("x", "Placeholder", 1)]
    for number in range(count):
        chain.append(op(f"add_{number}", "AddV2", 2 + number % lines, chain[-1].name))
    return graph(*chain)


@pytest.mark.parametrize("big", [encoder(12), encoder(100), unnamed(2000, 5), unnamed(500, 1), unnamed(3000, 300)])
def test_no_drawing_is_too_big_and_none_loses_an_op(big: ExportedGraph) -> None:
    found = levels(big)
    assert all(len(level.nodes) <= MOST_NODES for level in found)
    assert sorted(one.name for node in found[0].nodes for one in node.ops) == sorted(one.name for one in drawn(big))
    for number, level in enumerate(found[1:], 1):
        (above,) = [node for one in found for node in one.nodes if node.level == number]
        assert set(_names(level)) <= {one.name for one in above.ops}


def _names(level: Level) -> list[str]:
    return [one.name for node in level.nodes for one in node.ops]


def test_groups_are_named_by_scope_and_opened_below() -> None:
    top = levels(encoder(30))[0]
    assert [node.title for node in top.nodes] == [
        "Placeholder",
        *(f"bert/encoder/layer_{n}" for n in range(30)),
        "Softmax",
    ]
    assert top.edges == tuple((n, n + 1) for n in range(31))
    inner = levels(encoder(30))[1]
    assert (inner.title, inner.above, len(inner.nodes)) == ("bert/encoder/layer_0", 0, 30)
    assert top.nodes[1].level is not None


def test_where_no_scope_helps_lines_do() -> None:
    titles = [node.title for node in levels(unnamed(2000, 5))[0].nodes]
    assert titles == ["Placeholder", "line 2", "line 3", "line 4", "line 5", "line 6"]


def test_a_loop_is_as_bad_as_its_body_and_opens_into_it() -> None:
    loop = replace(op("while", "While", 4, "x"), calls=("body",))
    inside = replace(op("DecodeJpeg", "DecodeJpeg", 5, support=Support.SELECT), within="body")
    top, body = levels(graph(op("x", "Placeholder", 3), loop, inside))
    node = top.nodes[1]
    assert (node.title, node.support, node.level) == ("While", Support.SELECT, 1)
    assert [one.title for one in body.nodes] == ["DecodeJpeg"]


def test_drawings_have_no_boxes_over_each_other_and_edges_go_down() -> None:
    for exported in (SMALL, encoder(12)):
        for level in levels(exported):
            laid = layered([(90.0, 40.0)] * len(level.nodes), level.edges)
            boxes = laid.boxes
            for number, one in enumerate(boxes):
                assert one.x >= 0
                assert one.x + one.width <= laid.width
                assert one.y + one.height <= laid.height
                for other in boxes[:number]:
                    apart = abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= one.height
                    assert apart, (level.title, one, other)
            assert all(boxes[start].y < boxes[end].y for start, end in level.edges)


def test_a_circle_is_drawn_all_the_same() -> None:
    laid = layered([(90.0, 40.0)] * 3, [(0, 1), (1, 2), (2, 0), (1, 1)])
    assert len(laid.boxes) == 3
    assert laid.lines.keys() == {(0, 1), (1, 2), (2, 0)}


def test_thousands_of_ops_take_seconds_at_most() -> None:
    started = time.monotonic()
    for level in levels(encoder(100)):
        layered([(90.0, 40.0)] * len(level.nodes), level.edges)
    assert time.monotonic() - started < 20


def test_nothing_is_drawn_of_nothing() -> None:
    assert levels(ExportedGraph((), (), ()))[0].nodes == ()
    assert layered([], []).boxes == ()


def test_lines_are_those_of_the_ops() -> None:
    two = GraphOp("a", "Add", Support.BUILTIN, at(3) + at(7))
    assert levels(graph(two))[0].nodes[0].lines == at(7)
