"""`tf.map_fn`, `tf.scan` and the folds on the exported path: a loop that collects tensors in a TensorArray.

What fails: 1.15 (TOCO) refuses every loop. 2.15 and 2.21 convert it to builtins while control flow v2 is on and each
element has a static shape; with v1 control flow (`disable_v2_behavior()`, or a graph exported by 1.15) the loop needs
Select TF ops (`TensorArrayV3` and its relatives), and so it does where an element has an unknown dimension
("'tf.TensorListReserve' op requires element_shape to be static"). The number of elements may be unknown.

Bad:

    y = tf.scan(lambda a, x: a + x, xs)            # xs: [20, None, 3]: each element is [None, 3]

Good:

    y = tf.cumsum(xs)                              # or a receiver with a fixed batch

The dry run confirms it when the converter refuses an op of the loop made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Outcome, Suspicion, Target
from analyzer.reading.record import ApiCall
from analyzer.reading.shapes import shape_of
from analyzer.reading.values import Sequence, Value
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL303", "loop-over-elements-in-exported-graph", by_version("X", "F", "F"))

LOOPS = frozenset(f"tensorflow.{name}" for name in ("map_fn", "scan", "foldl", "foldr"))
OPS = frozenset(
    "TensorArrayV3 TensorArrayScatterV3 TensorArrayGatherV3 TensorArrayReadV3 TensorArrayWriteV3 TensorArraySizeV3 "
    "TensorListReserve TensorListFromTensor TensorListStack TensorListGetItem TensorListSetItem While Enter Exit Merge "
    "Switch NextIteration LoopCond EmptyTensorList TensorListPushBack StatelessWhile".split()
)


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(LOOPS):
        outcomes, certainty = _outcomes(model, call)
        name = f"`{call.spelled}`"
        message = (
            f"{name} is a loop: TensorFlow 1.15's converter refuses it, 2.15 and 2.21 convert this one to builtins"
            if outcomes[Target.V2_15] is Outcome.BUILTINS
            else f"{name} collects tensors in a TensorArray: 1.15 refuses it, 2.x needs Select TF ops for it here"
        )
        yield RULE.at(
            call.span,
            message,
            expects=Refused(OPS, (call.span,)),
            certainty=certainty,
            outcomes=outcomes,
            fix="use one op on the whole batch, or give each element a static shape and leave control flow v2 on",
            related=way(model, call),
        )


def _outcomes(model: Model, call: ApiCall) -> tuple[Mapping[Target, Outcome], Certainty]:
    if not model.control_flow_v2:
        return RULE.outcomes, call.certainty
    element = _element(call.arguments.get("elems", 1))
    if element is None:
        scans = call.name == "tensorflow.scan"
        return (RULE.outcomes, Certainty.MAYBE) if scans else (by_version("X", "B", "B"), call.certainty)
    return (RULE.outcomes if None in element else by_version("X", "B", "B")), call.certainty


def _element(value: Value | None) -> tuple[int | None, ...] | None:
    """The shape of one element, None where it is not known."""
    first = value.items[0] if isinstance(value, Sequence) and value.items else value
    shape = shape_of(first)
    return shape[1:] if shape else None
