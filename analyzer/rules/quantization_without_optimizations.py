"""Quantization is prepared, and `optimizations` is not set: the model stays float, and nothing says so.

What fails: nothing. 2.15 and 2.21 look at `representative_dataset`, at TFLITE_BUILTINS_INT8 and at `tf.float16` only
where `optimizations` names something; otherwise they write float32 weights and never call the dataset. 1.15 is the same
for a dataset or float16 alone, and quantizes for TFLITE_BUILTINS_INT8 with a dataset.

Bad:

    converter.representative_dataset = samples

Good:

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples

The dry run does the conversion as the script does it, and confirms it when nothing in the flatbuffer is quantized.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Suspicion
from analyzer.reading.values import constant, is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL608", "quantization-without-optimizations", by_version("W", "W", "W"))


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    if conversion.items("optimizations") != () or "quantized_input_stats" in conversion.settings:
        return
    if conversion.tf1_class and _post_training(conversion):
        return
    types = ("inference_input_type", "inference_output_type")
    if any(name in conversion.settings for name in types) and not conversion.tf1_class:
        return
    data = conversion.settings.get("representative_dataset")
    int8 = "TFLITE_BUILTINS_INT8" in (conversion.items("target_spec.supported_ops") or ())
    int8 = int8 or "int8" in (conversion.items("target_spec.supported_types") or ())
    half = "float16" in (conversion.items("target_spec.supported_types") or ())
    with_data = data is not None and not is_none(data.value)
    if not with_data and not half:
        return
    name = "representative_dataset" if with_data else "target_spec.supported_types"
    set_in_a_branch = "optimizations" in conversion.settings
    yield RULE.at(
        conversion.settings[name].span,
        f"has no effect on {'2.x' if int8 and with_data else 'any version'} while `optimizations` is not set: "
        "the model stays float32",
        expects=AsCalled(conversion.places, shows="float"),
        certainty=Certainty.MAYBE if set_in_a_branch else conversion.certainty_of(name),
        outcomes=by_version("B", "W", "W") if int8 and with_data else None,
        fix="set converter.optimizations = [tf.lite.Optimize.DEFAULT]",
        related=way(model) if model is not None else (),
    )


def _post_training(conversion: Conversion) -> bool:
    """TF1's older name for it."""
    setting = conversion.settings.get("post_training_quantize")
    return setting is not None and constant(setting.value, True) is not False
