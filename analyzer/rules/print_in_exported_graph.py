"""`tf.print` or `tf.Print` runs in the exported graph.

What fails: 2.15 and 2.21 need Select TF ops for `PrintV2` and `StringFormat`. 1.15 drops a `tf.print`, and refuses
`tf.Print` without Select TF ops. A `tf.print` that nothing waits for (no `tf.control_dependencies`) is not exported.

Bad:

    with tf.control_dependencies([tf.print("lux", lux)]):
        lux = tf.identity(lux)

Good:

    if mode != tf.estimator.ModeKeys.PREDICT: ...       # assert_*, check_numerics and summaries may stay

The dry run confirms it when the converter refuses a printing op made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.exportgraph.graph import Model
from analyzer.findings import Refused, Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL412", "print-in-exported-graph", by_version("F", "F", "F"))

DROPPED_BY_1_15 = frozenset({"tensorflow.print"})
PRINTS = DROPPED_BY_1_15 | {"tensorflow.Print", "tensorflow.keras.backend.print_tensor"}
OPS = frozenset({"Print", "PrintV2", "StringFormat"})


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(PRINTS):
        dropped = call.name in DROPPED_BY_1_15
        yield RULE.at(
            call.span,
            f"`{call.spelled}` runs in the exported graph: 2.15 and 2.21 need Select TF ops for it, 1.15 "
            + ("drops it" if dropped else "too"),
            expects=Refused(OPS, (call.span,)),
            certainty=call.certainty,
            outcomes=by_version("B", "F", "F") if dropped else None,
            fix="print only when mode is not PREDICT",
            related=way(model, call),
        )
