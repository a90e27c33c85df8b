"""Boosted trees have no TensorFlow Lite kernels, and no place in TensorFlow 2.15.

What fails: 1.15's converter asks for "custom implementations: BoostedTreesEnsembleResourceHandleOp,
BoostedTreesPredict, Bucketize". A model exported by 1.15 loads in no TensorFlow 2 ("No OpKernel was registered"); the
estimators themselves are gone from 2.15.

Bad:

    tf.estimator.BoostedTreesRegressor(columns, n_batches_per_layer=1)

Good:

    tf.estimator.DNNRegressor([16, 16], columns)        # or another library's trees, compiled for the device

The dry run confirms it when the converter refuses these ops.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL408", "boosted-trees", by_version("X", "n/a", "n/a"))

TREES = re.compile(r"^tensorflow\.(contrib\.)?estimator\.(experimental\.)?[Bb]oosted_?[Tt]rees")
OPS = frozenset({"BoostedTreesEnsembleResourceHandleOp", "BoostedTreesPredict", "Bucketize"})


def check(model: Model) -> Iterator[Suspicion]:
    call = model.estimator
    if call is None or not TREES.match(call.name):
        return
    yield RULE.at(
        call.span,
        f"`{call.name.rpartition('.')[2]}`: boosted trees convert nowhere, and TensorFlow 2.15 no longer has them",
        expects=Refused(OPS),
        certainty=model.estimator_certainty,
        fix="another model: a DNN, or trees of another library compiled for the device",
        related=way(model),
    )
