"""Columns that 1.15 cannot compute, and those of them that 2.x cannot either."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import canned, custom

CODE = "TFL406"
TOWER = "tf.estimator.DNNRegressor([4], [{}])"
INDICATOR = "fc.indicator_column({})"
BANDS = "fc.bucketized_column(fc.numeric_column('x'), [1.0, 2.0])"


@pytest.mark.parametrize(
    "text",
    [
        canned(TOWER.format("fc.numeric_column('x')")),
        canned(TOWER.format("fc.numeric_column('x')"), before=f"unused = {BANDS}"),
        canned(TOWER.format("fc.embedding_column(fc.categorical_column_with_identity('x', 3), 2)")),
        canned(TOWER.format(f"fc.embedding_column({BANDS}, 2)")),
        canned(f"tf.estimator.LinearRegressor([{BANDS}])"),
        canned(f"tf.estimator.BoostedTreesRegressor([{BANDS}], 1)"),
        canned("tf.estimator.BaselineRegressor()", before=f"b = {BANDS}"),
        custom("predictions={'y': y}", before=f"fc = tf.feature_column\nb = {BANDS}"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (BANDS, "X B B"),
        (INDICATOR.format("fc.categorical_column_with_identity('x', 3)"), "R B B"),
        (INDICATOR.format("fc.categorical_column_with_vocabulary_list('x', ['a', 'b'])"), "X B B"),
        (INDICATOR.format("fc.categorical_column_with_vocabulary_list(key='x', vocabulary_list=('a', 'b'))"), "X B B"),
        (INDICATOR.format(BANDS), "X B B"),
        (INDICATOR.format("fc.categorical_column_with_vocabulary_list('x', [1, 2])"), "X F F"),
        (INDICATOR.format("fc.categorical_column_with_vocabulary_list('x', ['a'], num_oov_buckets=2)"), "X F F"),
        (INDICATOR.format("fc.categorical_column_with_hash_bucket('x', 5)"), "X F F"),
        (INDICATOR.format("fc.crossed_column(['x', 'z'], 5)"), "X F F"),
        (INDICATOR.format("fc.weighted_categorical_column(fc.categorical_column_with_identity('x', 3), 'w')"), "X F F"),
    ],
)
def test_measured_outcomes(column: str, expected: str) -> None:
    text = canned(TOWER.format("c"), before=f"c = {column}")
    (found,) = suspicions(text, CODE)
    assert letters(found) == expected
    assert text.splitlines()[found.span.line - 1] == f"c = {column}"


def test_input_layer_of_a_model_fn() -> None:
    text = custom(
        "predictions={'y': y}",
        before=f"fc = tf.feature_column\nb = {BANDS}",
        body="y = tf.feature_column.input_layer(features, [b])",
    )
    assert lines(text, CODE) == [f"b = {BANDS}"]


def test_the_classes_of_a_classifier_are_no_proof() -> None:
    (found,) = suspicions(canned(TOWER.replace("Regressor", "Classifier").format(BANDS)), CODE)
    assert "AsString" not in str(found.expectation)
