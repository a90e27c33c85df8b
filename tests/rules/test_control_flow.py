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


ARRAY = """
size = tf.TensorArray(tf.float32, size=3)
def body(i, h, array):
    h = h * 2.0
    return i + 1, h, array.write(i, WRITTEN)
loop = tf.while_loop(lambda i, *_: i < 3, body, [tf.constant(0), x, size])
y = tf.layers.dense(tf.transpose(loop[2].stack()), 1)
"""
BATCH, STATIC = "tf.placeholder(tf.float32, [None, 4], name='x')", "tf.placeholder(tf.float32, [2, 4], name='x')"


@pytest.mark.parametrize(
    ("written", "placeholder", "first", "expected"),
    [
        ("h", STATIC, V2, "X B B"),
        ("tf.reduce_sum(h)", BATCH, V2, "X B B"),
        ("tf.zeros([4])", BATCH, V2, "X B B"),
        ("h", BATCH, V2, "X F F"),
        ("h[:, 0]", BATCH, V2, "X F F"),
        ("tf.argmax(h, axis=1)", BATCH, V2, "X F F"),
        ("load(h)", BATCH, V2, "X F F"),
        ("h", STATIC, "import tensorflow as tf", "X F F"),
        ("tf.reduce_sum(h)", BATCH, "import tensorflow as tf", "X F F"),
    ],
)
def test_loops_that_write_to_a_tensor_array(written: str, placeholder: str, first: str, expected: str) -> None:
    text = program(ARRAY.replace("WRITTEN", written), placeholder=placeholder, first=first)
    (found,) = suspicions(text, WHILE)
    assert letters(found) == expected
    assert found.certainty is Certainty.CERTAIN
    assert text.splitlines()[found.span.line - 1].strip().startswith("loop = tf.while_loop(")


def test_what_is_written_may_not_be_known() -> None:
    body = ARRAY.replace("WRITTEN", "load(h)").replace("x, size]", "load(x), size]")
    (found,) = suspicions(program(body, first=V2), WHILE)
    assert (letters(found), found.certainty) == ("X F F", Certainty.MAYBE)


def test_a_tensor_array_that_grows() -> None:
    body = ARRAY.replace("WRITTEN", "tf.reduce_sum(h)").replace("size=3", "size=0, dynamic_size=True")
    (found,) = suspicions(program(body, first=V2), WHILE)
    assert letters(found) == "X F F"
    assert "a TensorArray grows in it" in found.message


def test_a_tensor_array_that_is_only_read() -> None:
    body = """
    rows = tf.TensorArray(tf.float32, size=4).unstack(tf.transpose(x))
    _, y = tf.while_loop(lambda i, _: i < 4, lambda i, a: (i + 1, a + rows.read(i)), [tf.constant(0), x[:, 0]])
    """
    assert [letters(one) for one in suspicions(program(body, first=V2), WHILE)] == ["X B B"]


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
