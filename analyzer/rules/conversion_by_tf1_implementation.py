"""The script converts with TensorFlow 1's implementation, and the model holds what only TensorFlow 2's can convert.

What fails: `compat.v1.lite.TFLiteConverter`, `from_session`, `from_frozen_graph`, and a plain `from_saved_model` once
eager execution is off (`disable_v2_behavior`, `disable_eager_execution`, inside `with graph.as_default():` or a
session: TensorFlow says so in a log line only) freeze the graph first. A lookup table is lost on the way: the model
converts, and the interpreter stops with "hashtable need to be initialized before using". A variable that changes in
PREDICT stops the converter ("incompatible with expected resource"), and so does an input that reaches no output
("Graph does not contain node"). Measured on 2.15 and 2.21; 1.15 has no other implementation.

Bad:

    tf.compat.v1.disable_eager_execution()
    converter = tf.lite.TFLiteConverter.from_saved_model(path)

Good, in a script of its own or with eager execution on:

    converter = tf.lite.TFLiteConverter.from_saved_model(path)

The dry run does the conversion as the script does it, and confirms these words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Related, Suspicion
from analyzer.rules import receiver_feature_not_read as not_read
from analyzer.rules import state_changed_in_exported_graph as state_changed
from analyzer.rules.lookup_table_in_exported_graph import TABLES
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL601", "conversion-by-tf1-implementation", by_version("B", "R", "R"))

REFUSED = by_version("B", "X", "X")


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    if model is None or not conversion.tf1:
        return
    why = conversion.switched or f"`{conversion.method}` of TensorFlow 1's converter freezes the graph"
    for what, place, certainty, says in _lost(model):
        yield RULE.at(
            conversion.load.span,
            f"{why}: on 2.x {what}",
            expects=AsCalled(conversion.places, says=(says,)),
            certainty=max(
                certainty, conversion.link, conversion.certainty_of(), key=lambda one: one is Certainty.MAYBE
            ),
            outcomes=RULE.outcomes if "hashtable" in says else REFUSED,
            fix="convert in a process with eager execution on: tf.lite.TFLiteConverter.from_saved_model(path)",
            related=(place, *way(model)),
        )
        return


def _lost(model: Model) -> Iterator[tuple[str, Related, Certainty, str]]:
    """What such a conversion loses or refuses, where that is made, how sure it is, and what is said of it."""
    for call in model.exported(TABLES):
        what = f"the table of line {call.span.line} is never filled: the interpreter stops at its first lookup"
        yield what, Related(call.span, "the table"), call.certainty, "hashtable need to be initialized"
    for found in state_changed.check(model):
        what = f"the variable that line {found.span.line} changes is frozen, and the converter refuses the assignment"
        yield what, Related(found.span, "the assignment"), found.certainty, "incompatible with expected resource"
    for found in not_read.check(model):
        what = f"the input of line {found.span.line}, which reaches no output, is not found in the graph"
        yield what, Related(found.span, "the input"), found.certainty, "Graph does not contain node"
