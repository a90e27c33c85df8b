"""Tables: what the exported model looks up with, and what each converter does with that pair of dtypes."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL410"
STRINGS = "tf.placeholder(tf.string, [None], name='x')"
INIT = "tf.lookup.KeyValueTensorInitializer(['a', 'b'], tf.constant([0, 1], tf.int64))"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.one_hot(x, 3)",
        "table = {'a': 1}\ny = tf.one_hot(x, len(table))",
        f"table = tf.lookup.StaticHashTable({INIT}, -1)\ny = tf.layers.dense(x, 1)",
        f"if mode != 'infer':\n    x = tf.lookup.StaticHashTable({INIT}, -1).lookup(x)\ny = tf.one_hot(x, 2)",
        f"y = tf.one_hot(x, 2)\ntf.summary.histogram('ids', tf.lookup.StaticHashTable({INIT}, -1).lookup(x))",
        "y = tf.nn.embedding_lookup(tf.get_variable('t', [3, 2]), x)",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body, placeholder=STRINGS), CODE) == []


def test_table_of_the_input_pipeline() -> None:
    text = program("y = tf.one_hot(x, 2)").replace(
        ".repeat()", f".map(lambda a, b: ({{'x': tf.lookup.StaticHashTable({INIT}, -1).lookup(a['x'])}}, b))"
    )
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (f"tf.lookup.StaticHashTable({INIT}, -1)", "X B B"),
        ("tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(np.arange(2), ['a', 'b']), '')", "X B B"),
        ("tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer([1, 2], [0.5, 0.1]), 0.0)", "X F F"),
        ("tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(['a'], [1.5]), 0.0)", "X F F"),
        (f"tf.lookup.StaticVocabularyTable({INIT}, num_oov_buckets=2)", "X F F"),
        ("tf.contrib.lookup.index_table_from_tensor(['a', 'b'])", "X B B"),
        ("tf.contrib.lookup.index_table_from_tensor(['a', 'b'], num_oov_buckets=1)", "X F F"),
        ("tf.contrib.lookup.index_table_from_file('words.txt')", "X B B"),
        ("tf.lookup.experimental.DenseHashTable(tf.int64, tf.int64, -1, -7, -8)", "X F F"),
    ],
)
def test_outcomes(table: str, expected: str) -> None:
    text = program(f"table = {table}\ny = tf.one_hot(table.lookup(x), 3)", placeholder=STRINGS)
    (found,) = suspicions(text, CODE)
    assert letters(found) == expected
    assert found.certainty is Certainty.CERTAIN
    assert text.splitlines()[found.span.line - 1].strip() == f"table = {table}"
