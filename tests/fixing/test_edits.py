"""What an edit looks like in the text, and where none is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer import engine, settling
from analyzer.settings import Settings
from tests.rules.asking import program

V1 = "import tensorflow.compat.v1 as tf"
GATE = "mode == tf.estimator.ModeKeys.TRAIN"


def mended(text: str, code: str, folder: Path) -> str:
    """The program after the edits of one rule."""
    path = folder / "program.py"
    path.write_bytes(text.encode())
    settings = Settings(cache=False, fix="write", unsafe_fixes=True, select=(code,))
    settling.settle(lambda _: engine.check([path], settings, lambda _: None), settings)
    return path.read_bytes().decode()


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("TFL501", "y = tf.layers.dropout(x, 0.5, training=mode == 'train')"),
        ("TFL501", "on = True\ny = tf.layers.dropout(x, 0.5, training=on)"),
        ("TFL501", "y = tf.layers.dropout(x, **{'training': True})"),
        ("TFL501", "y = x + tf.random.normal([4])"),
        ("TFL501", "y = tf.nn.dropout(x, 0.5)"),
        ("TFL501", "mode = str(mode)\ny = tf.layers.dropout(x, 0.5, training=True)"),
        ("TFL501", "def drop(h):\n    mode = 'on'\n    return tf.layers.dropout(h, 0.5, training=True)\ny = drop(x)"),
        ("TFL501", "tf2 = tf\ndef drop(h, tf=tf):\n    return tf.layers.dropout(h, 0.5, training=True)\ny = drop(x)"),
        ("TFL502", "slim = tf.contrib.slim\ny = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm)"),
        ("TFL502", "f = tf.contrib.layers.batch_norm\ny = f(x)"),
        ("TFL412", "with tf.control_dependencies([tf.print(x), x]):\n    y = tf.identity(x)"),
        ("TFL412", "y = tf.Print(x + 1.0, [x])"),
        ("TFL415", "y = tf.reshape(x, (*[8, 2],))"),
        ("TFL415", "y = tf.unstack(tf.reshape(x, [8, 2]))[0]"),
    ],
)
def test_left_to_people(code: str, body: str, tmp_path: Path) -> None:
    text = program(body)
    assert mended(text, code, tmp_path) == text


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("TFL501", "y = tf.layers.dropout(x, 0.5, None, None, True)", f"y = tf.layers.dropout(x, 0.5, None, None, {GATE})"),
        ("TFL501", "é = '𝄞'; y = tf.layers.dropout(x, training=True)", f"é = '𝄞'; y = tf.layers.dropout(x, training={GATE})"),
        ("TFL501", "y = tf.layers.dropout(x, training=(\n    True  # on\n))", f"y = tf.layers.dropout(x, training=(\n    {GATE}  # on\n))"),
        ("TFL501", "y = tf.contrib.layers.dropout(x)", f"y = tf.contrib.layers.dropout(x, is_training={GATE})"),
        ("TFL501", "y = tf.contrib.layers.dropout((x),)", f"y = tf.contrib.layers.dropout((x), is_training={GATE},)"),
        (
            "TFL502",
            "y = tf.contrib.layers.batch_norm(\n    x,\n    decay=0.9,  # slow\n)",
            f"y = tf.contrib.layers.batch_norm(\n    x,\n    decay=0.9,  # slow\n    is_training={GATE},\n)",
        ),
        (
            "TFL502",
            "y = tf.contrib.layers.batch_norm(\n    x  # (, the input\n)",
            f"y = tf.contrib.layers.batch_norm(\n    x, is_training={GATE}  # (, the input\n)",
        ),
        ("TFL501", "y = tf.nn.dropout(x, keep_prob=0.5)", f"y = tf.nn.dropout(x, keep_prob=0.5 if {GATE} else 1.0)"),
        (
            "TFL501",
            "y = tf.nn.dropout(x, rate=0.1 if params else 0.2)",
            f"y = tf.nn.dropout(x, rate=(0.1 if params else 0.2) if {GATE} else 0.0)",
        ),
        (
            "TFL501",
            "def drop(h, mode):\n    return tf.layers.dropout(h, training=True)\ny = drop(x, mode)",
            f"def drop(h, mode):\n    return tf.layers.dropout(h, training={GATE})\ny = drop(x, mode)",
        ),
        ("TFL412", "y = 2.0 * tf.Print(x, ['('])", "y = 2.0 * (tf.Print(x, ['(']) if mode != tf.estimator.ModeKeys.PREDICT else x)"),
        ("TFL415", "y = tf.reshape(x, [8, 2])", "y = tf.reshape(x, [-1, 2])"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_edited(code: str, before: str, after: str, newline: str, tmp_path: Path) -> None:
    text, expected = (program(body).replace("\n", newline) for body in (before, after))
    assert mended(text, code, tmp_path) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "op = tf.train.AdamOptimizer().minimize(loss)  # once",
            (
                "with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):\n"
                "    op = tf.train.AdamOptimizer().minimize(loss)  # once"
            ),
        ),
        (
            "op = tf.train.AdamOptimizer(name='''a\nb''').minimize(\n    loss,\n)",
            (
                "with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):\n"
                "    op = tf.train.AdamOptimizer(name='''a\nb''').minimize(\n        loss,\n    )"
            ),
        ),
        ("a = 1; op = tf.train.AdamOptimizer().minimize(loss)", "a = 1; op = tf.train.AdamOptimizer().minimize(loss)"),
    ],
)
def test_statements_under_a_header(before: str, after: str, tmp_path: Path) -> None:
    body = "y = tf.layers.batch_normalization(x, training=mode == tf.estimator.ModeKeys.TRAIN)"
    text, expected = (program(body, train="HERE").replace("    HERE", _indented(part)) for part in (before, after))
    assert mended(text, "TFL503", tmp_path) == expected


def _indented(text: str) -> str:
    return "\n".join(line if line.startswith("b'''") else f"    {line}" for line in text.split("\n"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{'a': x, 'x': x}, {'a': x, 'x': x}", "{'x': x}, {'x': x}"),
        ("{'x': x, 'a': x}, {'x': x, 'a': x}", "{'x': x}, {'x': x}"),
        ("{'x': x, 'a': (x),}, {'x': x, 'a': (x),}", "{'x': x,}, {'x': x,}"),
        ("{'a': z,\n    # kept\n    'x': x}, {'a': z, **{'x': x}}", "{\n    # kept\n    'x': x}, {**{'x': x}}"),
    ],
)
def test_entries_removed(before: str, after: str, tmp_path: Path) -> None:
    made = "z = tf.placeholder(tf.float32, [None, 1])\nreturn tf.estimator.export.ServingInputReceiver("
    if "z" not in before:
        before = before.replace("'a': x", "'a': z").replace("'a': (x)", "'a': (z)")
    text, expected = (
        program("y = tf.layers.dense(x, 1)", receiver=f"{made}{part})") for part in (before, after)
    )  # fmt: skip
    assert mended(text, "TFL203", tmp_path).replace(" \n", "\n") == expected


@pytest.mark.parametrize(("dtype", "is_edited"), [("tf.float32", True), ("tf.string", False)])
def test_a_placeholder_of_strings_is_not_offered(dtype: str, is_edited: bool, tmp_path: Path) -> None:
    made = "s = tf.strings.to_number(raw)" if dtype == "tf.string" else "s = raw / 2.0"
    text = program(
        "y = tf.layers.dense(x, 1)",
        receiver=(
            f"raw = tf.placeholder({dtype}, [None, 4])\n{made}\n"
            "return tf.estimator.export.ServingInputReceiver({'x': s}, {'x': s})"
        ),
    )
    assert mended(text, "TFL210", tmp_path) == (text.replace("{'x': s})", "{'x': raw})") if is_edited else text)


def test_tabs_and_a_byte_order_mark_are_kept(tmp_path: Path) -> None:
    text = "\ufeff" + program("y = tf.layers.dropout(x, training=True)").replace("    ", "\t") + "\n\x0c\n"
    assert mended(text, "TFL501", tmp_path) == text.replace("training=True", f"training={GATE}")
