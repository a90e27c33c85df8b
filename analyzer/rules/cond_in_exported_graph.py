"""`tf.cond` or `tf.case` on the exported path: fatal for TensorFlow 1.15's converter, mostly converted by 2.x.

What fails: 1.15 (TOCO) refuses it ("TensorFlow Lite currently doesn't support control flow ops: Merge, Switch").
2.15 and 2.21 convert it to the builtin `IF`, with v1 and with v2 control flow. Two kinds aside:

- In the `call` of a Keras layer or model, in a Lambda layer and in a layer's `activation`, a cond of control flow v2
  puts out whatever its branches compute on the way, for the sake of gradients (`output_all_intermediates`). 2.15 and
  2.21 need Select TF ops for that (`OptionalFromValue`, `OptionalNone`). AutoGraph makes such a cond of a Python `if`.
- `tf.switch_case` becomes a `Case`, for which there is no builtin and no Select TF op.

A `tf.cond` in `input_fn`, after the PREDICT return, or in a metric is never exported.

Bad:

    y = tf.cond(tf.reduce_mean(x) > 0.0, lambda: x, lambda: -x)

Good:

    y = tf.where(positive, x, -x)

The dry run confirms it when the converter refuses a control-flow op made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.intermediates import OPTIONALS, WAY_OUT, branches_compute, decided_by_input, kept
from analyzer.findings import Certainty, Suspicion
from analyzer.reading.record import ApiCall
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL302", "cond-in-exported-graph", by_version("X", "B", "B"))

SWITCH = "tensorflow.switch_case"
CONDS = frozenset(
    {
        "tensorflow.cond",
        "tensorflow.case",
        SWITCH,
        "tensorflow.contrib.framework.smart_cond",
        "tensorflow.contrib.layers.utils.smart_cond",
    }
)
OPS = OPTIONALS | {"If", "StatelessIf", "Case", "StatelessCase", "Merge", "Switch"}


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(CONDS):
        letter, certainty = _on_2(model, call)
        match letter:
            case "B":
                why, fix = "2.15 and 2.21 convert it", "; or convert with TensorFlow 2.x"
            case "F":
                why = "2.15 and 2.21 need Select TF ops for it, as a cond in a Keras layer puts out its intermediates"
                fix = f", or {WAY_OUT}"
            case _:
                why, fix = "2.15 and 2.21 have nothing for its `Case` either", "; or use tf.case with TensorFlow 2.x"
        yield RULE.at(
            call.span,
            f"this `{call.spelled}` is exported: TensorFlow 1.15's converter refuses it, {why}",
            expects=Refused(OPS, (call.span,)),
            certainty=certainty,
            outcomes=by_version("X", letter, letter),
            fix=f"compute both sides and choose with tf.where{fix}",
            related=way(model, call),
        )


def _on_2(model: Model, call: ApiCall) -> tuple[str, Certainty]:
    """The letter of 2.15 and 2.21, and how certain it is."""
    if call.name != SWITCH and not (kept(model, call) and branches_compute(model, call)):
        return "B", call.certainty
    decided = decided_by_input(model, call.arguments)
    if decided is None:
        return "B", call.certainty
    return "X" if call.name == SWITCH else "F", call.certainty if decided is Certainty.CERTAIN else decided
