"""Conds and loops that put out their intermediates: TensorFlow 2.x makes them do so while Keras calls a layer.

The source of the fact is `output_all_intermediates` in TensorFlow's control_flow_util_v2.py: session code could not
take gradients otherwise. A cond wraps what its branches compute in optionals, a loop pushes it on tensor lists.
"""

from __future__ import annotations

from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty
from analyzer.reading.interpreter import VARIABLES
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Arguments, constant, deps_of

OPTIONALS = frozenset({"OptionalFromValue", "OptionalNone"})
WAY_OUT = "call `tf.compat.v1.experimental.output_all_intermediates(False)` when mode is PREDICT"

_SHAPES = frozenset({"tensorflow.shape", "tensorflow.size", "tensorflow.rank"})
_SETTLED = VARIABLES | {f"tensorflow.{name}" for name in ("constant", "zeros", "ones", "placeholder_with_default")}
_NO_OPS = VARIABLES | {f"tensorflow.{name}" for name in ("constant", "identity", "convert_to_tensor")}


def kept(model: Model, call: ApiCall) -> bool:
    """Whether a cond or a loop is made while Keras calls a layer, with control flow v2."""
    return model.control_flow_v2 and call.keeps_intermediates


def kept_by_loop(model: Model, call: ApiCall, back_prop: int) -> bool:
    """The same of a loop, whose argument `back_prop` (where it stands) turns it off."""
    return kept(model, call) and constant(call.arguments.get("back_prop", back_prop)) is not False


def branches_compute(model: Model, call: ApiCall) -> bool:
    """Whether a branch of a cond computes something, and not only hands on what was computed before it."""
    known = {other.id: other for other in model.calls}
    inside = [known.get(number) for number in call.inner]
    return any(other is None or (bool(other.deps) and other.name not in _NO_OPS) for other in inside)


def decided_by_input(model: Model, arguments: Arguments) -> Certainty | None:
    """Whether the input decides a cond: None where constants do, and the converter leaves one branch.

    MAYBE where a shape decides it, of which the converter may know the sizes.
    """
    calls = {other.id: other for other in model.calls}
    given = arguments.get("pred", 0) or arguments.get("pred_fn_pairs") or arguments.get("branch_index")
    answer: Certainty | None = None
    pending = list(deps_of(given) if given is not None else ())
    seen = set(pending)
    while pending:
        call = calls.get(pending.pop())
        if call is None or (not call.deps and call.name not in _SETTLED):
            return Certainty.CERTAIN
        if call.name in _SHAPES:
            answer = Certainty.MAYBE
            continue
        pending += call.deps - seen
        seen |= call.deps
    return answer
