"""Loops and branches of the exported graph: while, cond, map_fn and scan."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, program, suspicions

WHILE, COND, ELEMENTS = "TFL301", "TFL302", "TFL303"
V2 = "import tensorflow.compat.v1 as tf"
LOOP = "_, h = tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, h * 2.0), [tf.constant(0), x])"


@pytest.mark.parametrize("code", [WHILE, COND, ELEMENTS])
@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.dense(x, 1)",
        "if mode != tf.estimator.ModeKeys.PREDICT:\n    x = tf.cond(x > 0, lambda: x, lambda: x)\ny = tf.layers.dense(x, 1)",
        "unused = tf.map_fn(lambda r: r, x)\ny = tf.layers.dense(x, 1)",
        "class Router:\n    def cond(self, *a):\n        return x\n    while_loop = map_fn = cond\ny = Router().cond(1) + Router().while_loop(2)",
        "y = list(map(lambda u: tf.layers.dense(x, u), [1]))[0]",
    ],
)
def test_silent_where_nothing_of_the_kind_is_exported(code: str, body: str) -> None:
    assert lines(program(body), code) == []


def test_loop_is_fatal_for_1_15_only() -> None:
    found = suspicions(program(f"{LOOP}\ny = tf.layers.dense(h, 1)"), WHILE)
    assert [letters(one) for one in found] == ["X B B"]
    assert found[0].certainty is Certainty.CERTAIN


def test_growing_loop_needs_control_flow_v2() -> None:
    body = LOOP[:-1] + ", shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])])\ny = tf.layers.dense(h, 1)"
    assert letters(suspicions(program(body), WHILE)[0]) == "X X X"
    assert letters(suspicions(program(body, first=V2), WHILE)[0]) == "X B B"


def test_loop_that_is_an_output_itself_needs_control_flow_v2() -> None:
    assert letters(suspicions(program(LOOP + "\ny = h"), WHILE)[0]) == "X X X"
    assert letters(suspicions(program(LOOP + "\ny = h", first=V2), WHILE)[0]) == "X B B"


def test_loop_in_a_helper_module() -> None:
    helper = f"import tensorflow as tf\ndef spin(x):\n    {LOOP}\n    return h\n"
    found = suspicions(program("y = spin(x)", before="from helper import spin"), WHILE, {"helper.py": helper})
    assert found == [], "the helper is not on disk, so its name is a library's"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.cond(tf.reduce_sum(x) > 0.0, lambda: x, lambda: -x)",
        "y = tf.case([(tf.reduce_sum(x) > 0.0, lambda: x)], default=lambda: -x)",
        "y = tf.cond(pred=tf.reduce_sum(x) > 0.0, true_fn=lambda: x, false_fn=lambda: -x)",
    ],
)
def test_branch_is_fatal_for_1_15_only(body: str) -> None:
    assert [letters(one) for one in suspicions(program(body), COND)] == ["X B B"]


def test_branch_behind_an_unknown_flag_is_a_maybe() -> None:
    body = "y = x\nif params['wide']:\n    y = tf.cond(tf.reduce_sum(x) > 0.0, lambda: x, lambda: -x)"
    text = program(body).replace("params={}", "params=load()")
    assert [one.certainty for one in suspicions(text, COND)] == [Certainty.MAYBE]


@pytest.mark.parametrize(
    ("body", "placeholder", "first", "expected"),
    [
        ("y = tf.map_fn(lambda r: r * 2.0, x)", "tf.placeholder(tf.float32, [None, 4])", V2, "X B B"),
        (
            "y = tf.map_fn(lambda r: r * 2.0, x)",
            "tf.placeholder(tf.float32, [None, 4])",
            "import tensorflow as tf",
            "X F F",
        ),
        ("y = tf.scan(lambda a, r: a + r, x)", "tf.placeholder(tf.float32, [None, 4])", V2, "X B B"),
        ("y = tf.scan(lambda a, r: a + r, x)", "tf.placeholder(tf.float32, [3, None])", V2, "X F F"),
        ("y = tf.map_fn(lambda r: r * 2.0, x)", "tf.placeholder(tf.float32, [3, None])", V2, "X F F"),
    ],
)
def test_loops_over_elements_by_batch_and_control_flow(body: str, placeholder: str, first: str, expected: str) -> None:
    found = suspicions(program(body, placeholder=placeholder, first=first), ELEMENTS)
    assert [letters(one) for one in found] == [expected]
