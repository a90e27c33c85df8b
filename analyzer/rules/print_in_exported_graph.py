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

from astroid import nodes

from analyzer.editing.calls import argument, stands_loose, written
from analyzer.editing.scopes import in_mode
from analyzer.editing.text import wrap
from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Patch, Suspicion
from analyzer.reading.record import ApiCall
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
            patch=_patch(model, call),
        )


def _patch(model: Model, call: ApiCall) -> Patch | None:
    """Not for PREDICT: a list of prints that is waited for becomes empty, a `tf.Print` of a name becomes the name."""
    found = written(model.modules, call)
    if found is None:
        return None
    module, node = found
    test = in_mode(model, module, node, call.trail, "!= PREDICT")
    if test is None:
        return None
    if call.name in DROPPED_BY_1_15:
        waits = node.parent
        alone = isinstance(waits, nodes.List) and len(waits.elts) == 1 and isinstance(waits.parent, nodes.Call)
        if not alone or getattr(waits.parent.func, "attrname", "") != "control_dependencies":
            return None
        return Patch(wrap(module, waits, "", f" if {test} else []"), safe=True)
    printed = argument(node, "input_" if call.name.endswith(".Print") else "x", 0)
    if not isinstance(printed, nodes.Name):
        return None
    head, tail = ("", "") if stands_loose(module, node) else ("(", ")")
    return Patch(wrap(module, node, head, f" if {test} else {printed.name}{tail}"), safe=True)
