"""Which output of an op an output of the model is."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL417"
TOP = "best, ids = tf.nn.top_k(tf.layers.dense(x, 5), k=2)"


@pytest.mark.parametrize(
    "body",
    [
        f"{TOP}\ny = best",
        f"{TOP}\ny = tf.identity(ids)",
        f"{TOP}\ny = {{'ids': tf.cast(ids, tf.int64), 'best': best}}",
        f"{TOP}\ny = tf.gather(tf.constant(['a', 'b', 'c', 'd', 'e']), ids)",
        "y, rest = tf.split(x, 2, axis=1)",
        "left, right = tf.split(x, 2, axis=1)\ny = left + right",
        "mean, y = tf.nn.moments(x, [1])",
        "y = tf.unstack(x, axis=1)[0]",
        "outputs, y = tf.nn.static_rnn(tf.nn.rnn_cell.GRUCell(4), [x, x], dtype=tf.float32)",
        "y = tf.linalg.svd(x, compute_uv=False)",
        f"{TOP}\ny = best\nif mode != tf.estimator.ModeKeys.PREDICT:\n    y = ids",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body), CODE) == []


@pytest.mark.parametrize(
    "body",
    [
        f"{TOP}\ny = ids",
        TOP.replace("best, ids", "y") + "\ny = y[1]",
        TOP.replace("best, ids", "found") + "\ny = found.indices",
        f"{TOP}\ny = {{'ids': ids, 'best': best}}",
        "rest, y = tf.split(x, 2, axis=1)",
        "y = tf.unstack(x, num=4, axis=1)[-1]",
        "flat, y = tf.unique(tf.reshape(x, [-1]))",
        "def best(x):\n    return tf.math.top_k(x, 2)\n_, y = best(x)",
    ],
)
def test_found(body: str) -> None:
    text = program(body)
    if "{'ids'" in body:
        text = text.replace("predictions={'y': y}", "predictions=y")
    (found,) = suspicions(text, CODE)
    assert "output number " in found.message
    assert letters(found) == "X B B"


def test_told_once_for_several_signatures() -> None:
    text = program(f"{TOP}\ny = ids").replace(
        "predictions={'y': y})",
        "predictions={'y': y}, export_outputs={'serving_default': tf.estimator.export.PredictOutput({'y': y}), "
        "'b': tf.estimator.export.PredictOutput({'z': y})})",
        1,
    )
    assert lines(text, CODE) == [TOP]
