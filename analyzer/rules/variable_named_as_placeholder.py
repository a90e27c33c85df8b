"""A variable has the name of a placeholder of the receiver: the export looks for another one in the checkpoint.

What fails: names of ops are unique in a graph. When serving, the receiver takes the name first, and the variable of
model_fn becomes `words_1`; when training there is no such placeholder, and the checkpoint holds `words`. The export
dies with "Key words_1 not found in checkpoint".

Bad:

    ids = tf.placeholder(tf.int32, [None, 9], name="words")         # in the serving_input_receiver_fn
    table = tf.get_variable("words", [1000, 8])                     # in model_fn

Good:

    table = tf.get_variable("word_embedding", [1000, 8])

The dry run confirms it when the variables of TRAIN are not those that PREDICT would restore, by name.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import VariablesDiffer
from analyzer.exportgraph.graph import Model
from analyzer.findings import Related, Suspicion
from analyzer.reading.record import Scope
from analyzer.reading.values import constant
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL104", "variable-named-as-placeholder", by_version("E", "E", "n/a"))

PLACEHOLDERS = frozenset(f"tensorflow.{name}" for name in ("placeholder", "placeholder_with_default"))
VARIABLES = {"tensorflow.get_variable": 0, "tensorflow.Variable": 4}
"""What makes a variable, and at which position it takes the name."""


def check(model: Model) -> Iterator[Suspicion]:
    made = [call for call in model.calls if call.name in PLACEHOLDERS and call.scope is Scope.RECEIVER]
    names = {"/".join((*call.scopes, str(constant(call.arguments.get("name", 2))))): call for call in made}
    for call in model.calls:
        if call.name not in VARIABLES or call.scope is not Scope.MODEL or "?" in call.scopes:
            continue
        name = constant(call.arguments.get("name", VARIABLES[call.name]))
        placeholder = names.get("/".join((*call.scopes, name))) if isinstance(name, str) else None
        if placeholder is not None:
            yield RULE.at(
                call.span,
                f"a placeholder of the receiver is called {name!r} too: in the export this variable becomes "
                f"{name + '_1'!r}, which no checkpoint has",
                expects=VariablesDiffer(frozenset({"name"})),
                certainty=call.certainty,
                fix="give the variable or the placeholder another name",
                related=(Related(placeholder.span, "this takes the name first"), *way(model, call)),
            )
