"""Boosted trees and k-means: estimators without kernels."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import canned, custom

BOOSTED, K_MEANS = "TFL408", "TFL419"
NUMERIC = "[fc.numeric_column('x')]"


@pytest.mark.parametrize("code", [BOOSTED, K_MEANS])
@pytest.mark.parametrize(
    "text",
    [
        canned(f"tf.estimator.DNNRegressor([4], {NUMERIC})"),
        canned("tf.estimator.BaselineClassifier()"),
        canned(f"tf.estimator.LinearClassifier({NUMERIC})"),
        custom("predictions={'y': y}"),
        custom("predictions={'y': y}", before="class KMeans: pass\nclass BoostedTreesRegressor: pass\nKMeans()"),
    ],
)
def test_silent(text: str, code: str) -> None:
    assert lines(text, code) == []


@pytest.mark.parametrize("name", ["BoostedTreesRegressor", "BoostedTreesClassifier", "BoostedTreesEstimator"])
def test_boosted_trees(name: str) -> None:
    (found,) = suspicions(canned(f"tf.estimator.{name}({NUMERIC}, 1)"), BOOSTED)
    assert letters(found) == "X n/a n/a"


@pytest.mark.parametrize(
    "name", ["tf.compat.v1.estimator.experimental.KMeans", "tf.contrib.factorization.KMeansClustering"]
)
def test_k_means(name: str) -> None:
    (found,) = suspicions(canned(f"{name}(3, feature_columns={NUMERIC})"), K_MEANS)
    assert letters(found) == "X X X"
