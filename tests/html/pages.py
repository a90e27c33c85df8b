"""Reports with a graph, made by hand, and what their pages hold."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from analyzer.exported import ExportedGraph, GraphOp, Support
from analyzer.findings import Related, Severity, Span, Verdict
from analyzer.reporting import html
from analyzer.reports import Report
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import MODEL, finding, span

DRY = Settings(dry_run=True, output_format="html")
BLANK = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta"}
CODE = (
    "import tensorflow as tf",
    "",
    "def model_fn(features, labels, mode):",
    "    net = tf.layers.dense(features['x'], 2)",
    "    net = tf.py_func(score, [net], tf.float32)",
    "    return tf.nn.softmax(net)",
)


def at(line: int) -> tuple[Span, ...]:
    return (Span(MODEL, line, 1, line, 1),)


def op(name: str, kind: str, line: int, *reads: str, support: Support = Support.BUILTIN, **more: Any) -> GraphOp:
    return GraphOp(name, kind, support, at(line), reads, **more)


def graph(*ops: GraphOp) -> ExportedGraph:
    return ExportedGraph(ops, (("x", "x"),), (("Softmax", "p"),))


SMALL = graph(
    op("x", "Placeholder", 3, support=Support.FOLDED, makes="float32 ? × 4"),
    op("dense/kernel", "VarHandleOp", 4, support=Support.FOLDED),
    op("dense/MatMul/ReadVariableOp", "ReadVariableOp", 4, "dense/kernel"),
    op("dense/MatMul", "MatMul", 4, "x", "dense/MatMul/ReadVariableOp", makes="float32 ? × 2"),
    op("dense/BiasAdd", "BiasAdd", 4, "dense/MatMul"),
    op("PyFunc", "PyFunc", 5, "dense/BiasAdd", support=Support.REFUSED),
    op("Mean", "Mean", 4, "dense/BiasAdd", support=Support.DEAD),
    op("Identity", "Identity", 5, "PyFunc", support=Support.FOLDED),
    op("Softmax", "Softmax", 6, "Identity", support=Support.UNKNOWN),
)


def drawn(exported: ExportedGraph = SMALL, code: Sequence[str] = CODE) -> Report:
    """One file, one model, one confirmed finding."""
    found = finding(
        span(5, 11, 10),
        Verdict.CONFIRMED,
        Severity.ERROR,
        evidence=(reports.STOPPED,),
        related=(Related(span(3, 1), "model_fn"), Related(span(4, 5), "the net")),
        fix="compute `score` with TensorFlow",
    )
    model = replace(
        reports.model(reports.conversion(outcome="refused", interpreter="not run")), receiver=None, graph=exported
    )
    return replace(reports.report(found, models=(model,), source=code), checked=(MODEL,))


class Read(HTMLParser):
    """A page's elements: (tag, attributes, text of its own)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in BLANK:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self.elements[self._open.pop()][0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        for number in self._open:
            self.elements[number][2].append(data)

    def text(self, tag: str, **attributes: str) -> list[str]:
        """The text of each element with these attributes (`cls` for class)."""
        wanted = {("class" if name == "cls" else name.replace("_", "-")): value for name, value in attributes.items()}
        return [
            re.sub(r"\s+", " ", "".join(text)).strip()
            for name, has, text in self.elements
            if name == tag and all(value in (has.get(key) or "").split() for key, value in wanted.items())
        ]


def rendered(report: Report, settings: Settings = DRY) -> Read:
    return Read(html.render(report, settings))


def data(page: Read) -> Any:
    """The graphs that the script draws."""
    (text,) = page.text("script", id="data")
    return json.loads(text)
