"""`labels` is None when the model is exported, and this line uses it before the PREDICT branch has returned.

What fails: the export calls model_fn with `labels=None`; an op or an attribute of it dies ("None values not supported",
"'NoneType' object is not subscriptable") and no converter is ever started.

Bad:

    loss = tf.losses.mean_squared_error(labels, y)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})

Good: return for PREDICT first, then make the loss.

Where the program exports nothing itself it is an info: a model_fn that only trains has its labels.

The dry run confirms it when the export dies with this line on the stack.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Raises
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL209", "labels-on-predict-path", by_version("E", "E", "n/a"))

EXCEPTIONS = frozenset({"ValueError", "TypeError", "AttributeError"})


def check(model: Model) -> Iterator[Suspicion]:
    for use in model.uses:
        if use.tag != "labels":
            continue
        yield RULE.at(
            use.span,
            f"labels is None when the model is exported ({use.how})",
            expects=Raises(EXCEPTIONS, use.places),
            certainty=use.certainty if model.export is not None else Certainty.MAYBE,
            fix="return the EstimatorSpec for PREDICT before labels are used",
            related=way(model, trail=use.trail),
        )
        return
