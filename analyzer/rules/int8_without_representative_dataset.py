"""Integer inference is asked for, without data to calibrate it.

What fails: `TFLITE_BUILTINS_INT8` among the supported ops, `tf.int8` among the supported types, or an integer type for
inputs or outputs needs the range of every tensor, and the converter learns it by running `representative_dataset`.
Without one every version stops: "For full integer quantization, a `representative_dataset` must be specified.", and
for the types of inputs and outputs "The inference_input_type and inference_output_type must be tf.float32." These also
need `optimizations`.

Bad:

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]

Good:

    def samples():
        for row in rows[:100]:
            yield [row[np.newaxis].astype(np.float32)]

    converter.representative_dataset = samples

The dry run does the conversion as the script does it, and confirms these words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion, Setting
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Suspicion
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.values import is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL606", "int8-without-representative-dataset", by_version("X", "X", "X"))

INTEGERS = frozenset({"int8", "uint8", "int16"})
SAYS = (
    "representative_dataset` must be specified",
    "representative_dataset is required",
    "inference_input_type and inference_output_type",
    "not supported if optimizations are not enabled",
    "`quantized_input_stats` flag must be defined",
)


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    if "quantized_input_stats" in conversion.settings:
        return
    data = conversion.settings.get("representative_dataset")
    maybe = data is not None and data.certainty is Certainty.MAYBE
    has_data = data is not None and not is_none(data.value) and not maybe
    names = ["target_spec.supported_ops", "target_spec.supported_types"]
    asked = next((name for name in names if _integer(conversion, name)), None)
    missing = "no `representative_dataset`"
    if asked is None or has_data:
        asked = next((n for n in ("inference_input_type", "inference_output_type") if _integer(conversion, n)), None)
        optimized = conversion.items("optimizations") != () or "post_training_quantize" in conversion.settings
        missing = missing if not has_data else "no `optimizations`"
        if asked is None or (has_data and optimized):
            return
    setting = conversion.settings[asked]
    if maybe and setting.certainty is Certainty.MAYBE:  # in one branch, most likely
        return
    yield RULE.at(
        setting.span,
        f"asks for integers, and the converter is given {missing}",
        expects=AsCalled(conversion.places, says=SAYS),
        certainty=Certainty.MAYBE if maybe else conversion.certainty_of(asked),
        fix="set converter.representative_dataset to a function that yields lists of arrays as the model is fed"
        if "data" in missing
        else "set converter.optimizations = [tf.lite.Optimize.DEFAULT] as well",
        related=way(model) if model is not None else (),
    )


def _integer(conversion: Conversion, name: str) -> bool:
    """Whether a setting certainly asks for integers."""
    setting: Setting | None = conversion.settings.get(name)
    if setting is None:
        return False
    if name == "target_spec.supported_ops":
        return "TFLITE_BUILTINS_INT8" in (conversion.items(name) or ())
    if name == "target_spec.supported_types":
        return "int8" in (conversion.items(name) or ())
    return dtype_of(setting.value) in INTEGERS
