"""`tf.py_func` keeps Python inside the graph, and TensorFlow Lite has no Python.

What fails: `tf.py_func`, `tf.numpy_function` and `tf.py_function` put an op into the graph that calls back into the
Python process that built it. Every converter refuses it (`PyFunc`, `EagerPyFunc`, `PyFuncStateless`), with Select TF
ops too; with `allow_custom_ops` the model converts and the interpreter stops at "unresolved custom op".

In `input_fn`, in metrics and under TRAIN or EVAL it does no harm: none of these is exported.

Bad:

    x = tf.numpy_function(clip_outliers, [features["kwh"]], tf.float32)

Good:

    x = tf.clip_by_value(features["kwh"], -3.0, 3.0)

The dry run confirms it when the converter refuses such an op made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL401", "py-func-in-exported-graph", by_version("X", "X", "X"))

PY_FUNCS = frozenset(
    {"tensorflow.py_func", "tensorflow.numpy_function", "tensorflow.py_function", "tensorflow.contrib.eager.py_func"}
)
OPS = frozenset({"PyFunc", "EagerPyFunc", "PyFuncStateless"})


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(PY_FUNCS):
        yield RULE.at(
            call.span,
            f"`{call.spelled}` runs Python at inference time; no TensorFlow Lite interpreter can",
            expects=Refused(OPS, (call.span,)),
            certainty=call.certainty,
            fix="write it with TensorFlow ops, or do it in input_fn and on the device",
            related=way(model, call),
        )
