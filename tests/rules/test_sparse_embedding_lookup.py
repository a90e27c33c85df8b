"""embedding_lookup_sparse on the exported path."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import custom

CODE = "TFL409"
LOOKUP = "tf.nn.embedding_lookup_sparse(tf.get_variable('t', [9, 2]), tf.SparseTensor(i, v, [2, 2]), None)"
PARTS = "i, v = features['x'], features['x']\n"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.nn.embedding_lookup(tf.get_variable('t', [9, 2]), features['x'])",
        f"{PARTS}if mode != 'infer':\n    y = {LOOKUP}",
        f"{PARTS}unused = {LOOKUP}",
        f"def never():\n    return {LOOKUP}",
    ],
)
def test_silent(body: str) -> None:
    assert lines(custom("predictions={'y': y}", body=body), CODE) == []


@pytest.mark.parametrize("name", ["tf.nn.embedding_lookup_sparse", "tf.nn.safe_embedding_lookup_sparse"])
def test_exported(name: str) -> None:
    body = f"{PARTS}y = {LOOKUP.replace('tf.nn.embedding_lookup_sparse', name)}"
    (found,) = suspicions(custom("predictions={'y': y}", body=body), CODE)
    assert letters(found) == "X F F"
