"""An output of the model is one of its inputs, unchanged: TensorFlow 1.15's converter cannot express it.

What fails on 1.15: "The array key is listed in both --input_arrays and --output_arrays." With `tf.identity` it
converts, with the batch of 1 frozen into a reshape, and the interpreter fails at any other ("num_input_elements !=
num_output_elements"). 2.x takes both.

Bad, for 1.15:

    predictions={"key": features["key"], "score": score}

Good:

    predictions={"score": score}        # the caller knows its key

The dry run confirms it by the converter's words, or when the converted model cannot be run.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.editing.displays import without_keys
from analyzer.expectations import ConverterSays, InterpreterFails
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.wiring import passed_through
from analyzer.findings import Patch, Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL217", "input-passed-through", by_version("X", "B", "B"))

THROUGH_IDENTITY = by_version("R", "B", "B")


def check(model: Model) -> Iterator[Suspicion]:
    if model.spec is None:
        return
    for output, tensor, span, copied in passed_through(model):
        yield RULE.at(
            span or model.spec.arguments.span("predictions", 1) or model.spec.span,
            f"output {output!r} is input {tensor!r} unchanged: 1.15 "
            + ("converts it for a batch of 1 only" if copied else "refuses an array that is input and output"),
            expects=InterpreterFails(frozenset({"fails"})) if copied else ConverterSays(("is listed in both",)),
            certainty=model.spec.certainty,
            outcomes=THROUGH_IDENTITY if copied else RULE.outcomes,
            fix=f"leave {output!r} out of the outputs: callers have it already",
            related=way(model, model.spec),
            patch=Patch(edits, safe=False) if (edits := without_keys(model.modules, [span])) else None,
        )
