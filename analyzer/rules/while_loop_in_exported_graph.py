"""`tf.while_loop` on the exported path: fatal for TensorFlow 1.15's converter, converted by 2.x.

What fails: 1.15 (TOCO) refuses it ("TensorFlow Lite currently doesn't support control flow ops: Merge, Switch"), with
Select TF ops too. 2.15 and 2.21 convert a loop whose variables keep their shapes to the builtin `WHILE`. A loop that
grows a tensor (`shape_invariants`) converts only while control flow v2 is on; with v1 control flow a loop whose result
is itself an output is lost on the way ("Graph does not contain node: while/Exit_1"). A loop that writes to a
`TensorArray` needs Select TF ops with v1 control flow, and with v2 where an element has an unknown dimension ("requires
element_shape to be 1D tensor") or the array grows (`dynamic_size=True`).

In the `call` of a Keras layer a loop of control flow v2 keeps every value on a list for its gradients
(`output_all_intermediates`; not with `back_prop=False`): 2.15 and 2.21 need Select TF ops for that, and never convert
a list whose shapes are known.

Bad (for 1.15):

    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2.0), [0, x])

Good:

    y = x * 8.0        # vectorised, or unrolled in Python

The dry run confirms it when the converter refuses a control-flow op made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.intermediates import WAY_OUT, kept_by_loop
from analyzer.findings import Certainty, Outcome, Suspicion, Target
from analyzer.reading.record import ApiCall
from analyzer.reading.shapes import shape_of
from analyzer.reading.tensorarrays import TENSOR_ARRAY, grows, is_array
from analyzer.reading.values import Instance, Sequence, deps_of
from analyzer.rules.loop_over_elements_in_exported_graph import OPS as LIST_OPS
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL301", "while-loop-in-exported-graph", by_version("X", "B", "B"))

LOOPS = frozenset({"tensorflow.while_loop"})
BACK_PROP = 5
OPS = frozenset({"While", "StatelessWhile", "Merge", "Switch", "Enter", "Exit", "NextIteration", "LoopCond"})


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(LOOPS):
        obstacle = "" if model.control_flow_v2 else _obstacle(model, call)
        arrays = _arrays(call)
        why, sure = _kept_by_lists(model, call, arrays) if arrays and not obstacle else ("", True)
        in_layer = kept_by_loop(model, call, BACK_PROP)
        if in_layer:
            why, sure = "a loop in a Keras layer keeps its intermediates", True
        never = obstacle or (in_layer and _all_static(call))
        letter = Outcome.NEVER if never else Outcome.SELECT if why else Outcome.BUILTINS
        places = (call.span, *(array.span for array in arrays if array.span))
        if obstacle:
            on_2 = f"need control flow v2 for it ({obstacle})"
        elif never:
            on_2 = f"do not convert it ({why})"
        else:
            on_2 = f"need Select TF ops for it ({why})" if why else "convert it to a builtin"
        yield RULE.at(
            call.span,
            f"this loop is exported: TensorFlow 1.15's converter refuses every `tf.while_loop`, 2.15 and 2.21 {on_2}",
            expects=Refused(OPS | LIST_OPS if why else OPS, places),
            certainty=call.certainty if sure else Certainty.MAYBE,
            outcomes={**RULE.outcomes, Target.V2_15: letter, Target.V2_21: letter},
            fix=_fix(why, in_layer),
            related=way(model, call),
        )


def _fix(why: str, in_layer: bool) -> str:
    if in_layer:
        return f"vectorise it or unroll it in Python; or {WAY_OUT}"
    if why:
        return "fix the batch in the receiver and leave control flow v2 on, or unroll it in Python"
    return "vectorise it or unroll it in Python; or convert with TensorFlow 2.x"


def _all_static(call: ApiCall) -> bool:
    """Whether the shapes of all loop variables are known to the last dimension."""
    given = call.arguments.get("loop_vars", 2)
    shapes = [shape_of(item) for item in given.items] if isinstance(given, Sequence) and given.complete else [None]
    return all(shape is not None and None not in shape for shape in shapes)


def _arrays(call: ApiCall) -> list[Instance]:
    """The TensorArrays among the loop variables."""
    given = call.arguments.get("loop_vars", 2)
    items = given.items if isinstance(given, Sequence) else [given]
    return [item for item in items if isinstance(item, Instance) and is_array(item)]


def _kept_by_lists(model: Model, call: ApiCall, arrays: list[Instance]) -> tuple[str, bool]:
    """Why 2.x cannot make builtins of the arrays, "" where it can, and whether that is certain."""
    if not model.control_flow_v2:
        return "TensorArrays with v1 control flow", True
    if any(grows(array) for array in arrays):
        return "a TensorArray grows in it", True
    writes = [other for other in model.calls if other.id in call.inner and other.name == f"{TENSOR_ARRAY}.write"]
    elements = [shape_of(other.arguments.get("value", 1)) for other in writes]
    if any(shape is not None and None in shape for shape in elements):
        return "it writes elements with an unknown dimension", True
    if None not in elements:
        return "", True
    given = call.arguments.get("loop_vars", 2)
    carried = [shape_of(item) for item in given.items] if isinstance(given, Sequence) else []
    rows = any(shape and shape[0] is None for shape in carried)
    return "it writes elements with an unknown dimension", rows


def _obstacle(model: Model, call: ApiCall) -> str:
    """What 2.x cannot convert about a loop of v1 control flow."""
    if call.arguments.get("shape_invariants", 3) is not None:
        return "a tensor grows in it"
    return "its result is itself an output" if call.id in deps_of(model.predictions) else ""
