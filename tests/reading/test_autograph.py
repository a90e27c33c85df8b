"""Python's control flow over tensors is a loop of the graph inside tf.function, and nowhere else."""

from __future__ import annotations

import pytest

from tests.rules.asking import lines, program

LOOP = """
def total(x, times):
    y = tf.zeros_like(x)
    for i in tf.range(times):
        y += x
    return y
"""
CHOICE = """
def total(x, times):
    if tf.reduce_sum(x) > 0.0:
        x = x * 2.0
    return x
"""
UNTIL = """
def total(x, times):
    i = tf.constant(0)
    while i < times:
        i, x = i + 1, x * 2.0
    return x
"""


@pytest.mark.parametrize(
    ("before", "body"),
    [
        (LOOP, "y = total(x, 4)"),
        (CHOICE, "y = total(x, 4)"),
        ("@tf.function" + LOOP.replace("tf.range(times)", "range(times)"), "y = total(x, 4)"),
        ("@tf.function" + LOOP.replace("tf.range(times)", "range(unknown())"), "y = total(x, 4)"),
        ("@tf.function" + LOOP, "unused = total(x, 4)\ny = tf.layers.dense(x, 1)"),
        ("@tf.function" + LOOP, "y = tf.layers.dense(x, 1)\nif mode == 'train':\n    y = total(y, 4)"),
        ("@staticmethod" + LOOP, "y = total(x, 4)"),
        ("@tf.function" + CHOICE.replace("tf.reduce_sum(x) > 0.0", "times > 3"), "y = total(x, 4)"),
    ],
)
def test_no_loop(before: str, body: str) -> None:
    text = program(body, before=before)
    assert lines(text, "TFL301") == []
    assert lines(text, "TFL302") == []


@pytest.mark.parametrize(
    ("before", "code", "line"),
    [
        ("@tf.function" + LOOP, "TFL301", "for i in tf.range(times):"),
        ("@tf.function()" + LOOP, "TFL301", "for i in tf.range(times):"),
        ("@tf.function(autograph=True)" + LOOP, "TFL301", "for i in tf.range(times):"),
        ("@tf.function" + UNTIL, "TFL301", "while i < times:"),
        ("@tf.function" + CHOICE, "TFL302", "if tf.reduce_sum(x) > 0.0:"),
        (LOOP + "total = tf.function(total)", "TFL301", "for i in tf.range(times):"),
        (
            LOOP.replace("total", "inner") + "@tf.function\ndef total(x, n):\n    return inner(x, n)",
            "TFL301",
            "for i in tf.range(times):",
        ),
    ],
)
def test_loops_and_conds(before: str, code: str, line: str) -> None:
    assert lines(program("y = total(x, 4)", before=before), code) == [line]
