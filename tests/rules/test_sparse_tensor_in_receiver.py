"""SparseTensors as receiver tensors."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import PARSING, custom

CODE = "TFL215"
SPEC = "predictions={'y': y}"
MADE = "tf.SparseTensor(i, v, [2, 4])"
PARTS = "i, v = tf.placeholder(tf.int64, [None, 2]), tf.placeholder(tf.float32, [None])\n"


@pytest.mark.parametrize(
    "text",
    [
        custom(SPEC),
        custom(SPEC, receiver=PARSING.replace("tf.FixedLenFeature([4], tf.float32)", "tf.VarLenFeature(tf.float32)")),
        custom(SPEC, receiver=f"{PARTS}x = {MADE}\nreturn export.ServingInputReceiver({{'x': x}}, {{'i': i, 'v': v}})"),
        custom(SPEC, body="other = tf.sparse_placeholder(tf.float32)"),
        custom(SPEC, before="class SparseTensor: pass\nsparse_placeholder = tf.placeholder"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    "sparse", ["tf.sparse_placeholder(tf.float32)", "tf.compat.v1.sparse.placeholder(tf.float32, [None, 4])", MADE]
)
def test_sparse_receiver_tensor(sparse: str) -> None:
    text = custom(SPEC, receiver=f"{PARTS}x = {sparse}\nreturn export.ServingInputReceiver({{'x': x}}, {{'x': x}})")
    (found,) = suspicions(text, CODE)
    assert letters(found) == "X X X"
    assert text.splitlines()[found.span.line - 1].strip() == f"x = {sparse}"
