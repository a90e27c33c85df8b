"""`tf.map_fn`, `tf.scan` and the folds on the exported path: a loop that collects tensors in a TensorArray.

What fails: 1.15 (TOCO) refuses every loop. 2.15 and 2.21 convert it to builtins while control flow v2 is on and each
element has a static shape; with v1 control flow (`disable_v2_behavior()`, or a graph exported by 1.15) the loop needs
Select TF ops (`TensorArrayV3` and its relatives), and so it does where an element has an unknown dimension
("'tf.TensorListReserve' op requires element_shape to be static"). The number of elements may be unknown.
In the `call` of a Keras layer it needs them too, unless it is made with `back_prop=False`: there a loop of control flow
v2 keeps every value of its body on a list (`output_all_intermediates`). A fold over static elements never converts
there ("type of return operand ... doesn't match function result type").

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
from analyzer.exportgraph.intermediates import WAY_OUT, kept_by_loop
from analyzer.findings import Certainty, Outcome, Suspicion, Target
from analyzer.reading.record import ApiCall
from analyzer.reading.shapes import shape_of
from analyzer.reading.values import Sequence, Value
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL303", "loop-over-elements-in-exported-graph", by_version("X", "F", "F"))

FOLDS = frozenset({"tensorflow.foldl", "tensorflow.foldr"})
LOOPS = frozenset({"tensorflow.map_fn", "tensorflow.scan"}) | FOLDS
BACK_PROP = 4
OPS = frozenset(
    "TensorArrayV3 TensorArrayScatterV3 TensorArrayGatherV3 TensorArrayReadV3 TensorArrayWriteV3 TensorArraySizeV3 "
    "TensorListReserve TensorListFromTensor TensorListStack TensorListGetItem TensorListSetItem While Enter Exit Merge "
    "Switch NextIteration LoopCond EmptyTensorList TensorListPushBack StatelessWhile".split()
)


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(LOOPS):
        outcomes, certainty = _outcomes(model, call)
        name = f"`{call.spelled}`"
        in_layer = kept_by_loop(model, call, BACK_PROP)
        kept = "is a loop in a Keras layer and keeps its intermediates"
        match outcomes[Target.V2_15]:
            case Outcome.BUILTINS:
                says = "is a loop: TensorFlow 1.15's converter refuses it, 2.15 and 2.21 convert this one to builtins"
            case Outcome.NEVER:
                says = f"{kept}: no converter takes it"
            case _ if in_layer:
                says = f"{kept}: 1.15 refuses it, 2.x needs Select TF ops for it here"
            case _:
                says = "collects tensors in a TensorArray: 1.15 refuses it, 2.x needs Select TF ops for it here"
        static = "give each element a static shape and leave control flow v2 on"
        yield RULE.at(
            call.span,
            f"{name} {says}",
            expects=Refused(OPS, (call.span,)),
            certainty=certainty,
            outcomes=outcomes,
            fix=f"use one op on the whole batch, or {WAY_OUT if in_layer else static}",
            related=way(model, call),
        )


def _outcomes(model: Model, call: ApiCall) -> tuple[Mapping[Target, Outcome], Certainty]:
    if not model.control_flow_v2:
        return RULE.outcomes, call.certainty
    element = _element(call.arguments.get("elems", 1))
    if kept_by_loop(model, call, BACK_PROP):
        never = call.name in FOLDS and element is not None and None not in element
        return (by_version("X", "X", "X") if never else RULE.outcomes), call.certainty
    if element is None:
        scans = call.name == "tensorflow.scan"
        return (RULE.outcomes, Certainty.MAYBE) if scans else (by_version("X", "B", "B"), call.certainty)
    return (RULE.outcomes if None in element else by_version("X", "B", "B")), call.certainty


def _element(value: Value | None) -> tuple[int | None, ...] | None:
    """The shape of one element, None where it is not known."""
    first = value.items[0] if isinstance(value, Sequence) and value.items else value
    shape = shape_of(first)
    return shape[1:] if shape else None
