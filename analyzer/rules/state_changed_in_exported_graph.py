"""The exported graph changes a variable: a counter or a moving average that PREDICT updates.

What fails: 1.15 drops an assignment that only runs beside the outputs (silently), and refuses one whose result is an
output. 2.15 and 2.21 refuse a reference variable ("'tf.VariableV2' op expects all users to be 'tf.Identity'"), which
`tf.get_variable` of TensorFlow 1.x makes; of a resource variable the interpreter keeps the state until it is closed, on
each device for itself, and it starts again from the checkpoint: outputs that depend on it differ from call to call.

Bad:

    seen = tf.assign_add(total, tf.reduce_sum(x))
    return tf.estimator.EstimatorSpec(mode, predictions={"y": y, "seen": seen})

Good: count on the device, or assign only when mode == tf.estimator.ModeKeys.TRAIN.

The dry run confirms it when the assignment made on this line feeds an exported output.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import InExportedSlice
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.provenance import output_slice
from analyzer.findings import Severity, Suspicion
from analyzer.reading.record import ApiCall
from analyzer.reading.values import constant, deps_of
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL504", "state-changed-in-exported-graph", by_version("W", "X", "X"))

UPDATES = frozenset(
    f"tensorflow.{place}{name}"
    for place in ("", "Variable.")
    for name in (
        "assign assign_add assign_sub scatter_update scatter_add scatter_sub scatter_nd_update scatter_nd_add "
        "count_up_to"
    ).split()
)
AVERAGES = "tensorflow.train.ExponentialMovingAverage.apply"
VARIABLES = frozenset({"tensorflow.get_variable", "tensorflow.Variable"})
OPS = frozenset(
    "Assign AssignAdd AssignSub AssignVariableOp AssignAddVariableOp AssignSubVariableOp ScatterUpdate ScatterAdd "
    "ScatterSub ResourceScatterUpdate ResourceScatterAdd ResourceScatterSub ScatterNdUpdate ScatterNdAdd "
    "ResourceScatterNdUpdate ResourceScatterNdAdd CountUpTo".split()
)


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(UPDATES | {AVERAGES}):
        kept = _is_resource(model, call)
        drifts = kept and bool(_assigned(model, call) & output_slice(model))
        if drifts:
            what = "2.15 and 2.21 answer the same input differently each time, 1.15 drops or refuses it"
        elif kept:
            what = "2.15 and 2.21 keep the new value in the interpreter, 1.15 drops the assignment"
        else:
            what = "1.15 drops or refuses it, 2.15 and 2.21 refuse it for a reference variable"
        yield RULE.at(
            call.span,
            f"`{call.spelled}` changes a variable at inference time: {what}",
            expects=InExportedSlice(OPS, (call.span,)),
            certainty=call.certainty,
            outcomes=by_version("W", "W", "W") if drifts else by_version("B", "B", "B") if kept else None,
            fix="assign only when mode is TRAIN, or keep the state on the device",
            related=way(model, call),
            ceiling=Severity.INFO if kept and not drifts else Severity.ERROR,
        )


def _assigned(model: Model, call: ApiCall) -> frozenset[int]:
    """The call that made the variable that is changed."""
    if call.name == AVERAGES:
        return frozenset(
            other.id for other in model.calls if other.name.endswith(".average") and other.owner is call.owner
        )
    target = call.owner if call.owner is not None else call.arguments.get("ref", 0)
    behind = deps_of(target)
    return frozenset(other.id for other in model.calls if other.id in behind and other.name in VARIABLES)


def _is_resource(model: Model, call: ApiCall) -> bool:
    """Whether the variable is a resource: with v2 behaviour on it is, unless the program says otherwise."""
    made = [other for other in model.ancestors(call) if other.name in VARIABLES]
    asked = [constant(other.arguments.get("use_resource")) for other in made]
    return bool(made) and all(answer is not False and (answer or model.control_flow_v2) for answer in asked)
