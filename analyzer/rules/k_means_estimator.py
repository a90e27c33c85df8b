"""The k-means estimator finds its cluster with NearestNeighbors, an op that no converter knows.

What fails: 1.15 asks for "custom implementations: NearestNeighbors", 2.x says "'tf.NearestNeighbors' op is neither a
custom op nor a flex op".

Bad:

    tf.compat.v1.estimator.experimental.KMeans(3, feature_columns=columns)

Good:

    distances = tf.reduce_sum(tf.math.squared_difference(x[:, tf.newaxis], centers), axis=2)
    cluster = tf.argmin(distances, axis=1)          # in a model_fn, over the trained centers

The dry run confirms it when the converter refuses NearestNeighbors.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL419", "k-means-estimator", by_version("X", "X", "X"))

ESTIMATORS = frozenset(
    {"tensorflow.estimator.experimental.KMeans", "tensorflow.contrib.factorization.KMeansClustering"}
)


def check(model: Model) -> Iterator[Suspicion]:
    call = model.estimator
    if call is None or call.name not in ESTIMATORS:
        return
    yield RULE.at(
        call.span,
        f"`{call.name.rpartition('.')[2]}` finds the nearest center with an op that no converter knows",
        expects=Refused(frozenset({"NearestNeighbors", "BatchMatMulV2"})),
        certainty=model.estimator_certainty,
        fix="compute the distances in a model_fn of your own, over the trained centers",
        related=way(model),
    )
