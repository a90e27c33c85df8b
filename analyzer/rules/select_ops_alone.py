"""Only Select TF ops are allowed: every op of the model becomes one, also those that TensorFlow Lite has itself.

What fails: with `supported_ops = [SELECT_TF_OPS]` the converter makes no use of its own kernels. The model then needs
the flex delegate for a matrix product: an interpreter without it, as the one of 1.15 and of 2.21, stops with "Regular
TensorFlow ops are not supported by this interpreter" or "Select TensorFlow op(s), included in the given model, is(are)
not supported". 2.15's runs it, slower.

Bad:

    converter.target_spec.supported_ops = [tf.lite.OpsSet.SELECT_TF_OPS]

Good:

    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]

The dry run does the conversion as the script does it, and confirms it when the flatbuffer holds Select TF ops.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion, Setting
from analyzer.exportgraph.graph import Model
from analyzer.findings import Edit, Patch, Span, Suspicion
from analyzer.reading.values import Api, Sequence
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL611", "select-ops-alone", by_version("F", "F", "F"))


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    if conversion.items("target_spec.supported_ops") != ("SELECT_TF_OPS",):
        return
    setting = conversion.settings["target_spec.supported_ops"]
    yield RULE.at(
        setting.span,
        "allows Select TF ops and nothing else: every op of the model needs the flex delegate",
        expects=AsCalled(conversion.places, shows="flex"),
        certainty=conversion.certainty_of("target_spec.supported_ops"),
        fix="allow TFLITE_BUILTINS too",
        related=way(model) if model is not None else (),
        patch=_with_builtins(setting),
    )


def _with_builtins(setting: Setting) -> Patch | None:
    """TFLITE_BUILTINS, spelled as its neighbour is, written before it into the list."""
    at = setting.written
    match setting.value:
        case Sequence(kind="list", items=[Api(spelled=spelled)]) if at is not None and "." in spelled:
            start = Span(at.path, at.line, at.column + 1, at.line, at.column + 1)
            return Patch((Edit(start, f"{spelled.rpartition('.')[0]}.TFLITE_BUILTINS, "),), safe=True)
        case _:
            return None
