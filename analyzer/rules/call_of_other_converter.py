"""The call is one of TensorFlow 1's converter, made on TensorFlow 2's, or the other way round.

What fails: `tf.lite.TFLiteConverter` is another class on 2.x than on 1.15, which 2.x keeps as
`tf.compat.v1.lite.TFLiteConverter`. TensorFlow 2's has `signature_keys` and `tags`, and no `from_session`,
`from_frozen_graph` or `from_keras_model_file`; TensorFlow 1's has `signature_key`, `tag_set` and `input_arrays`. What
one of them lacks is a TypeError ("unexpected keyword argument") or an AttributeError there.

Bad (2.x):

    tf.lite.TFLiteConverter.from_saved_model(path, signature_key="serving_default")
    tf.lite.TFLiteConverter.from_session(session, [x], [y])

Good (2.x):

    tf.lite.TFLiteConverter.from_saved_model(path, signature_keys=["serving_default"])

No fault where the program is written for TensorFlow 1 throughout. The dry run does the conversion as the script does
it, and confirms these words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion
from analyzer.exportgraph.graph import Model
from analyzer.findings import Outcome, Suspicion, Target
from analyzer.reading.converters import CONVERTER_V2
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL604", "call-of-other-converter", by_version("B", "X", "X"))

OF_TF1 = ("signature_key", "tag_set", "input_arrays", "input_shapes", "output_arrays")
OF_TF2 = ("signature_keys", "tags")
METHODS_OF_TF1 = ("from_session", "from_frozen_graph", "from_keras_model_file")
METHODS_OF_TF2 = ("from_keras_model", "from_concrete_functions")
INSTEAD = {"signature_key": "signature_keys=[...]", "signature_keys": 'signature_key="..."', "tag_set": "tags=[...]"}
SAYS = ("unexpected keyword argument", "has no attribute")


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    found = _foreign(conversion)
    if found is None:
        return
    name, outcomes = found
    argument = name in conversion.load.arguments.keywords
    versions = " and ".join(target.value for target, letter in outcomes.items() if letter is Outcome.NEVER)
    what = f"takes no `{name}`" if argument else f"has no `{name}`"
    yield RULE.at(
        conversion.load.arguments.span(name) or conversion.load.span,
        f"`{conversion.load.spelled.rpartition('.')[0]}` {what} on {versions}",
        expects=AsCalled(conversion.places, says=SAYS),
        certainty=conversion.certainty_of(),
        outcomes=outcomes,
        fix=f"write {INSTEAD[name]}"
        if name in INSTEAD
        else "convert with tf.lite.TFLiteConverter.from_saved_model(path)",
        related=way(model) if model is not None else (),
    )


def _foreign(conversion: Conversion) -> tuple[str, dict[Target, Outcome]] | None:
    """What this converter lacks, and on which versions."""
    keywords = conversion.load.arguments.keywords
    of_tf2 = next((name for name in OF_TF2 if name in keywords), None)
    of_tf1 = next((name for name in OF_TF1 if name in keywords), None)
    if of_tf1 and of_tf2:  # one or the other, as the version wants it
        return None
    if conversion.method in METHODS_OF_TF1:
        of_tf1 = conversion.method
    elif conversion.method in METHODS_OF_TF2:
        of_tf2 = conversion.method
    elif conversion.method != "from_saved_model":
        return None
    if conversion.tf1_class:
        return (of_tf2, dict(by_version("X", "X", "X"))) if of_tf2 else None
    if of_tf1:
        named = conversion.load.name.startswith(CONVERTER_V2)
        return of_tf1, dict(by_version("X", "X", "X") if named else RULE.outcomes)
    return None
