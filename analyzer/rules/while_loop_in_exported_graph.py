"""`tf.while_loop` on the exported path: fatal for TensorFlow 1.15's converter, converted by 2.x.

What fails: 1.15 (TOCO) refuses it ("TensorFlow Lite currently doesn't support control flow ops: Merge, Switch"), with
Select TF ops too. 2.15 and 2.21 convert a loop whose variables keep their shapes to the builtin `WHILE`. A loop that
grows a tensor (`shape_invariants`) converts only while control flow v2 is on.

Bad (for 1.15):

    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2.0), [0, x])

Good:

    y = x * 8.0        # vectorised, or unrolled in Python

The dry run confirms it when the converter refuses a control-flow op made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.exportgraph.graph import Model
from analyzer.findings import Outcome, Refused, Suspicion, Target
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL301", "while-loop-in-exported-graph", by_version("X", "B", "B"))

LOOPS = frozenset({"tensorflow.while_loop"})
OPS = frozenset({"While", "StatelessWhile", "Merge", "Switch", "Enter", "Exit", "NextIteration", "LoopCond"})


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(LOOPS):
        grows = call.arguments.get("shape_invariants", 3) is not None
        outcomes = dict(RULE.outcomes)
        if grows and not model.control_flow_v2:
            outcomes |= {Target.V2_15: Outcome.NEVER, Target.V2_21: Outcome.NEVER}
        yield RULE.at(
            call.span,
            "this loop is exported: TensorFlow 1.15's converter refuses every `tf.while_loop`, 2.15 and 2.21 convert "
            + ("one that grows a tensor only with control flow v2" if grows else "it to a builtin"),
            expects=Refused(OPS, (call.span,)),
            certainty=call.certainty,
            outcomes=outcomes,
            fix="vectorise it or unroll it in Python; or convert with TensorFlow 2.x",
            related=way(model, call),
        )
