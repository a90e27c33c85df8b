"""The receiver takes serialized tf.Examples, and parsing them has no TensorFlow Lite kernel.

What fails: `build_parsing_serving_input_receiver_fn` and `tf.io.parse_example` in a receiver export the op
`ParseExample`/`ParseExampleV2`, which needs Select TF ops on 2.x; 1.15 and 2.21 convert it so but cannot run it in the
Python interpreter. A device seldom has tf.Examples at all.

Bad:

    fn = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)

Good:

    fn = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.placeholder(tf.float32, [None, 4])})

In `input_fn` parsing is fine: it is never exported. The dry run confirms it when the converter refuses ParseExample.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL201", "parse-example-receiver", by_version("F", "F", "F"))

PARSERS = frozenset(
    {
        "tensorflow.io.parse_example",
        "tensorflow.io.parse_single_example",
        "tensorflow.estimator.export.build_parsing_serving_input_receiver_fn",
    }
)
OPS = frozenset({"ParseExample", "ParseExampleV2", "ParseSingleExample"})
FIX = "receive the parsed features: build_raw_serving_input_receiver_fn, or one placeholder for each feature"


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is not None and receiver.kind == "parsing" and receiver.span is not None:
        yield RULE.at(
            receiver.span,
            "this receiver parses tf.Examples inside the exported graph; TensorFlow Lite has no kernel for that",
            expects=Refused(OPS),
            fix=FIX,
            related=way(model),
        )
    for call in model.exported(PARSERS):
        yield RULE.at(
            call.span,
            f"`{call.spelled}` is part of the exported graph; TensorFlow Lite has no kernel for it",
            expects=Refused(OPS, (call.span,)),
            certainty=call.certainty,
            fix=FIX,
            related=way(model, call),
        )
