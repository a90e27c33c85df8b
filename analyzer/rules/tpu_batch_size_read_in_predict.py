"""model_fn reads `params["batch_size"]`, which a TPUEstimator gives it for training and evaluation only.

What fails: TPUEstimator adds `batch_size` to params, on CPUs and GPUs too; for the export it adds none, as a served
model takes any batch. Training works, the export dies with `KeyError: 'batch_size'` inside model_fn, and no converter
is ever started.

Bad:

    x = tf.reshape(features["x"], [params["batch_size"], 6, 4])

Good:

    x = tf.reshape(features["x"], [-1, 6, 4])

No fault where the estimator's own `params` hold the key, or after the PREDICT branch has returned. The dry run confirms
it when the export dies with a KeyError on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Raises
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL220", "tpu-batch-size-read-in-predict", by_version("E", "E", "n/a"))

READ = "params['batch_size']"


def check(model: Model) -> Iterator[Suspicion]:
    for use in model.uses:
        if use.tag == "params" and use.how == READ:
            yield RULE.at(
                use.span,
                f"`{READ}` is there for training, and not when TPUEstimator exports",
                expects=Raises(frozenset({"KeyError"}), use.places),
                certainty=use.certainty if model.export is not None else Certainty.MAYBE,
                fix="take the batch from the features (tf.shape), or leave it open with -1",
                related=way(model, trail=use.trail),
            )
            return
