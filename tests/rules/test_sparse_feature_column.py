"""Columns that are looked up with sparse ops: judged from the columns given, through variables, lists and functions."""

from __future__ import annotations

import pytest

from analyzer.expectations import Refused
from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import canned, custom

CODE = "TFL405"
IDS = "ids = fc.categorical_column_with_identity('x', 5)"
TOWER = "tf.estimator.DNNRegressor([4], {})"
EMBEDDED = "tf.feature_column.input_layer(features, [fc.embedding_column(ids, 2)])"
LINEAR = "tf.estimator.LinearRegressor({})"
BEFORE = f"fc = tf.feature_column\n{IDS}\nnumeric = fc.numeric_column('x')"


def in_model_fn(layer: str, before: str = "") -> str:
    return custom("predictions={'y': y}", body=layer, before=f"{BEFORE}\n{before}")


@pytest.mark.parametrize(
    "text",
    [
        canned(TOWER.format("[fc.numeric_column('x')]")),
        canned(TOWER.format("[fc.indicator_column(ids)]"), before=IDS),
        canned(TOWER.format("[fc.bucketized_column(fc.numeric_column('x'), [1.0])]")),
        canned(LINEAR.format("[fc.numeric_column('x')]")),
        canned(LINEAR.format("[fc.indicator_column(ids)]"), before=IDS),
        canned(TOWER.format("[fc.numeric_column('x')]"), before=f"{IDS}\nunused = fc.embedding_column(ids, 2)"),
        canned(TOWER.format("columns_of_ours()")),
        canned("tf.estimator.BaselineRegressor()", before=f"{IDS}\nfc.embedding_column(ids, 2)"),
        canned("tf.estimator.BoostedTreesRegressor([fc.bucketized_column(fc.numeric_column('x'), [1.0])], 1)"),
        canned("tf.estimator.DNNLinearCombinedRegressor(dnn_feature_columns=[fc.indicator_column(ids)])", before=IDS),
        in_model_fn("y = tf.feature_column.input_layer(features, [numeric])"),
        in_model_fn(f"if mode == 'train':\n    y = y + {EMBEDDED}"),
        in_model_fn(f"dead = {EMBEDDED}"),
        in_model_fn("spec = tf.feature_column.make_parse_example_spec([fc.embedding_column(ids, 2)])"),
        in_model_fn("y = tf.nn.embedding_lookup(tf.get_variable('t', [5, 2]), features['x'])"),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    ("before", "given"),
    [
        ("e = fc.embedding_column(ids, 2)", "[e]"),
        ("e = fc.embedding_column(ids, 2)", "(fc.numeric_column('x'), e)"),
        ("e = fc.embedding_column(ids, 2)", "{e}"),
        ("def make():\n    e = fc.embedding_column(ids, 2)\n    return [e]", "make()"),
        ("columns = []\ne = fc.embedding_column(ids, 2)\ncolumns.append(e)", "columns"),
        ("columns = [fc.numeric_column('x')]\ne = fc.embedding_column(ids, 2)\ncolumns += [e]", "columns"),
        ("e = fc.embedding_column(ids, 2)\nnamed = {'deep': [e]}", "named['deep']"),
        ("e = fc.embedding_column(ids, 2)\nnamed = {'deep': e}", "named.values()"),
        ("e = fc.embedding_column(ids, 2)", "list(set([e, e]))"),
    ],
)
def test_embedding_column_given_somehow(before: str, given: str) -> None:
    text = canned(TOWER.format(given), before=f"{IDS}\n{before}")
    (found,) = suspicions(text, CODE)
    assert letters(found) == "X F F"
    assert found.certainty is Certainty.CERTAIN
    assert text.splitlines()[found.span.line - 1].strip() == "e = fc.embedding_column(ids, 2)"


def test_comprehension_makes_one_finding() -> None:
    before = "c = [fc.embedding_column(fc.categorical_column_with_identity(k, 3), 2) for k in 'ab']"
    assert set(lines(canned(TOWER.format("c"), before=before, keys="'a', 'b'"), CODE)) == {before}


@pytest.mark.parametrize("name", ["shared_embeddings", "shared_embedding_columns"])
def test_shared_embeddings(name: str) -> None:
    ids = "a, b = [fc.categorical_column_with_identity(k, 3) for k in ('a', 'b')]"
    before = f"{ids}\nboth = fc.{name}([a, b], 2)"
    text = canned(TOWER.format("[fc.numeric_column('x')] + both"), before=before)
    assert lines(text, CODE) == [f"both = fc.{name}([a, b], 2)"]


@pytest.mark.parametrize(
    "column",
    [
        "fc.categorical_column_with_vocabulary_list('x', ['a', 'b'])",
        "fc.categorical_column_with_hash_bucket('x', 9)",
        "fc.crossed_column(['x', 'z'], 20)",
        "fc.weighted_categorical_column(fc.categorical_column_with_identity('x', 3), 'w')",
        "fc.bucketized_column(fc.numeric_column('x'), [1.0])",
    ],
)
def test_linear_models_sum_sparsely(column: str) -> None:
    text = canned(LINEAR.format("[c, fc.numeric_column('x')]"), before=f"c = {column}")
    assert lines(text, CODE) == [f"c = {column}"]


def test_linear_part_of_a_combined_model() -> None:
    estimator = "tf.estimator.DNNLinearCombinedClassifier('out', [ids], None, [fc.indicator_column(ids)])"
    assert lines(canned(estimator, before=IDS), CODE) == [IDS]


@pytest.mark.parametrize(
    "layer",
    [
        "y = tf.feature_column.input_layer(features, [e])",
        "y = tf.compat.v1.feature_column.input_layer(features=features, feature_columns=e)",
        "y = tf.keras.layers.DenseFeatures([numeric, e])(features)",
        "y = tf.feature_column.linear_model(features, [e])",
    ],
)
def test_layers_in_model_fn(layer: str) -> None:
    text = in_model_fn(layer, "e = fc.embedding_column(ids, 2)")
    (found,) = suspicions(text, CODE)
    assert text.splitlines()[found.span.line - 1] == "e = fc.embedding_column(ids, 2)"
    assert text.splitlines()[found.related[0].span.line - 1].strip() == layer


def test_columns_through_params() -> None:
    model_fn = """
        def model_fn(features, labels, mode, params):
            y = tf.feature_column.input_layer(features, params["columns"])
            return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    """
    text = custom("", model_fn=model_fn, before=f"{BEFORE}\ne = fc.embedding_column(ids, 2)")
    text = text.replace("Estimator(model_fn, 'out')", "Estimator(model_fn, params={'columns': [e]})")
    assert lines(text, CODE) == ["e = fc.embedding_column(ids, 2)"]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ("fc.categorical_column_with_hash_bucket('x', 5, tf.int64)", True),
        ("fc.categorical_column_with_hash_bucket('x', 5, dtype=tf.int32)", True),
        ("fc.categorical_column_with_hash_bucket('x', 5)", False),
        ("fc.categorical_column_with_identity('x', 5)", False),
    ],
)
def test_numbers_are_made_text_before_they_are_hashed(ids: str, expected: bool) -> None:
    text = canned(TOWER.format("[fc.embedding_column(ids, 2)]"), before=f"ids = {ids}")
    (found,) = suspicions(text, CODE)
    assert isinstance(found.expectation, Refused)
    assert ("AsString" in found.expectation.op_types) is expected
