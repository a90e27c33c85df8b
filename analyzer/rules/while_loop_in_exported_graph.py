"""`tf.while_loop` on the exported path: fatal for TensorFlow 1.15's converter, converted by 2.x.

What fails: 1.15 (TOCO) refuses it ("TensorFlow Lite currently doesn't support control flow ops: Merge, Switch"), with
Select TF ops too. 2.15 and 2.21 convert a loop whose variables keep their shapes to the builtin `WHILE`. A loop that
grows a tensor (`shape_invariants`) converts only while control flow v2 is on; with v1 control flow a loop whose result
is itself an output is lost on the way ("Graph does not contain node: while/Exit_1").

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
from analyzer.reading.record import ApiCall
from analyzer.reading.values import deps_of
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL301", "while-loop-in-exported-graph", by_version("X", "B", "B"))

LOOPS = frozenset({"tensorflow.while_loop"})
OPS = frozenset({"While", "StatelessWhile", "Merge", "Switch", "Enter", "Exit", "NextIteration", "LoopCond"})


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(LOOPS):
        obstacle = "" if model.control_flow_v2 else _obstacle(model, call)
        lost = {Target.V2_15: Outcome.NEVER, Target.V2_21: Outcome.NEVER} if obstacle else {}
        on_2 = f"need control flow v2 for it ({obstacle})" if obstacle else "convert it to a builtin"
        yield RULE.at(
            call.span,
            f"this loop is exported: TensorFlow 1.15's converter refuses every `tf.while_loop`, 2.15 and 2.21 {on_2}",
            expects=Refused(OPS, (call.span,)),
            certainty=call.certainty,
            outcomes={**RULE.outcomes, **lost},
            fix="vectorise it or unroll it in Python; or convert with TensorFlow 2.x",
            related=way(model, call),
        )


def _obstacle(model: Model, call: ApiCall) -> str:
    """What 2.x cannot convert about a loop of v1 control flow."""
    if call.arguments.get("shape_invariants", 3) is not None:
        return "a tensor grows in it"
    return "its result is itself an output" if call.id in deps_of(model.predictions) else ""
