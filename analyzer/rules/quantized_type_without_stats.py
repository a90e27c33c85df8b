"""TensorFlow 1's converter is asked for a quantized `inference_type` without the statistics of its inputs.

What fails: `inference_type = tf.uint8` (QUANTIZED_UINT8) or `tf.int8` of TensorFlow 1's converter is for models with
fake quantization, and takes the mean and deviation of each input: "std_dev and mean must be defined when
inference_input_type is QUANTIZED_UINT8." on 1.15, "The `quantized_input_stats` flag must be defined" from
`tf.compat.v1` on 2.15 and 2.21; `tf.int8` converts on 1.15, and its interpreter cannot run what comes out.
TensorFlow 2's converter has no such attribute (TFL609).

Bad:

    converter.inference_type = tf.uint8

Good:

    converter.inference_type = tf.uint8
    converter.quantized_input_stats = {"x": (128.0, 127.0)}

The dry run does the conversion as the script does it, and confirms these words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Suspicion
from analyzer.reading.dtypes import dtype_of
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL612", "quantized-type-without-stats", by_version("X", "X", "X"))

SAYS = ("quantized_input_stats` flag must be defined", "std_dev and mean must be defined", "dequantize.cc")


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    setting, stats = (conversion.settings.get(name) for name in ("inference_type", "quantized_input_stats"))
    if setting is None or (stats is not None and stats.certainty is Certainty.CERTAIN):
        return
    kind = dtype_of(setting.value)
    if kind not in ("uint8", "int8"):
        return
    first = "R" if kind == "int8" else "X"
    yield RULE.at(
        setting.span,
        f"asks TensorFlow 1's converter for {kind}, and `quantized_input_stats` says nothing of the inputs",
        expects=AsCalled(conversion.places, says=SAYS),
        certainty=Certainty.MAYBE if stats is not None else conversion.certainty_of("inference_type"),
        outcomes=by_version(first, "X", "X") if conversion.tf1_class else by_version(first, "B", "B"),
        fix="set quantized_input_stats, or quantize after training: optimizations and a representative_dataset",
        related=way(model) if model is not None else (),
    )
