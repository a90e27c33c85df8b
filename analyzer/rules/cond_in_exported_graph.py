"""`tf.cond` or `tf.case` on the exported path: fatal for TensorFlow 1.15's converter, converted by 2.x.

What fails: 1.15 (TOCO) refuses it ("TensorFlow Lite currently doesn't support control flow ops: Merge, Switch").
2.15 and 2.21 convert it to the builtin `IF`, with v1 and with v2 control flow.

A `tf.cond` in `input_fn`, after the PREDICT return, or in a metric is never exported.

Bad (for 1.15):

    y = tf.cond(tf.reduce_mean(x) > 0.0, lambda: x, lambda: -x)

Good:

    y = tf.where(positive, x, -x)

The dry run confirms it when the converter refuses a control-flow op made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL302", "cond-in-exported-graph", by_version("X", "B", "B"))

CONDS = frozenset(
    {
        "tensorflow.cond",
        "tensorflow.case",
        "tensorflow.switch_case",
        "tensorflow.contrib.framework.smart_cond",
        "tensorflow.contrib.layers.utils.smart_cond",
    }
)
OPS = frozenset({"If", "StatelessIf", "Case", "StatelessCase", "Merge", "Switch"})


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(CONDS):
        yield RULE.at(
            call.span,
            f"this `{call.spelled}` is exported: TensorFlow 1.15's converter refuses it, 2.15 and 2.21 convert it",
            expects=Refused(OPS, (call.span,)),
            certainty=call.certainty,
            fix="compute both sides and choose with tf.where; or convert with TensorFlow 2.x",
            related=way(model, call),
        )
