"""Columns that read what the receiver does not give."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import PARSING, canned, custom

CODE = "TFL219"
LINEAR = "tf.estimator.LinearRegressor({})"
ELSEWHERE = """
    import tensorflow_transform as tft
    x = tf.placeholder(tf.float32, [None, 1])
    return tf.estimator.export.ServingInputReceiver({}(x), x)
"""


@pytest.mark.parametrize(
    "text",
    [
        canned(LINEAR.format("[fc.numeric_column('x')]")),
        canned(LINEAR.format("[fc.numeric_column(k) for k in ('x', 'z')]"), keys="'x', 'z', 'spare'"),
        canned(LINEAR.format("[fc.numeric_column(NAME)]")),
        canned(LINEAR.format("columns_of_ours()")),
        canned(LINEAR.format("[fc.numeric_column('z')]"), receiver="return helpers.receiver()"),
        canned(LINEAR.format("[fc.numeric_column('z')]"), receiver=ELSEWHERE.format("load().transform")),
        canned(
            LINEAR.format("[fc.numeric_column('z')]"), receiver=ELSEWHERE.format("tft.TFTransformOutput('o').apply")
        ),
        canned(LINEAR.format("[fc.numeric_column('z')]"), receiver=PARSING.replace('{"x":', '{**spec(), "x":')),
        canned(LINEAR.format("[fc.numeric_column('x')]"), before="unused = fc.numeric_column('z')"),
        custom("predictions={'y': y}", before="unused = tf.feature_column.numeric_column('z')"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    "column",
    [
        "fc.numeric_column('z')",
        "fc.numeric_column(key='z')",
        "fc.embedding_column(fc.categorical_column_with_identity('z', 3), 2)",
        "fc.crossed_column(['x', 'z'], 5)",
        "fc.weighted_categorical_column(fc.categorical_column_with_identity('x', 3), 'z')",
    ],
)
def test_missing(column: str) -> None:
    text = canned(LINEAR.format("[fc.numeric_column('x'), c]"), before=f"c = {column}")
    (found,) = suspicions(text, CODE)
    assert letters(found) == "E E n/a"
    assert "'z'" in found.message
    assert "ServingInputReceiver" in text.splitlines()[found.span.line - 1]
    assert text.splitlines()[found.related[0].span.line - 1] == f"c = {column}"


def test_several_are_one_finding() -> None:
    (found,) = suspicions(canned(LINEAR.format("[fc.numeric_column(k) for k in ('a', 'b')]")), CODE)
    assert "'a', 'b'" in found.message


def test_input_layer() -> None:
    text = custom(
        "predictions={'y': y}",
        before="columns = [tf.feature_column.numeric_column(k) for k in ('x', 'z')]",
        body="y = tf.feature_column.input_layer(features, columns)",
    )
    assert len(lines(text, CODE)) == 1
