"""The script sets an attribute that its converter does not have: Python takes it, and the converter never looks at it.

What fails: nothing says so. TensorFlow 2's converter has no `post_training_quantize` and no `inference_type` (the model
stays float32), and no `target_ops` (Select TF ops stay forbidden); they are TensorFlow 1's. `supported_ops` and
`supported_types` belong to `converter.target_spec` on every version; a misspelled name belongs nowhere. The attributes
of each version were read from its converters.

Bad:

    converter.post_training_quantize = True
    converter.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]

Good:

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]

The dry run does the conversion as the script does it, and confirms it when the converter has no such attribute.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion, Setting
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.values import constant
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL609", "setting-unknown-to-converter", by_version("W", "W", "W"))

SHARED = frozenset(
    "allow_custom_ops inference_input_type inference_output_type optimizations representative_dataset target_spec "
    "target_spec.supported_ops target_spec.supported_types target_spec.experimental_select_user_tf_ops "
    "target_spec.experimental_supported_backends saved_model_dir saved_model_tags saved_model_exported_names "
    "experimental_enable_mlir_converter".split()
)
TF2 = frozenset(
    "canonicalizing_inf_as_min_max_float elide_elementsattrs_if_larger enable_timing "
    "exclude_conversion_metadata experimental_enable_resource_variables experimental_new_converter "
    "experimental_new_dynamic_range_quantizer experimental_new_quantizer "
    "experimental_stablehlo_quantizer_config experimental_use_stablehlo_quantizer ir_dump_dir "
    "ir_dump_func_regex ir_dump_pass_regex legalize_custom_tensor_list_ops mlir_dump_dir mlir_dump_func_regex "
    "mlir_dump_pass_regex mlir_elide_elementsattrs_if_larger mlir_enable_timing mlir_print_ir_after "
    "mlir_print_ir_before mlir_print_ir_module_scope model_origin_framework print_ir_after print_ir_before "
    "print_ir_module_scope serialize_debug_metadata unfold_batchmatmul".split()
)
TF1 = frozenset(
    "change_concat_input_ranges conversion_summary_dir default_ranges_stats drop_control_dependency dump_graphviz_dir "
    "dump_graphviz_video inference_type output_format post_training_quantize quantized_input_stats "
    "reorder_across_fake_quant target_ops".split()
)
MATTERS = {
    "post_training_quantize": "set converter.optimizations = [tf.lite.Optimize.DEFAULT]",
    "inference_type": "set converter.optimizations, representative_dataset and target_spec.supported_ops",
    "target_ops": "set converter.target_spec.supported_ops",
}
"""Attributes of TF1's converter whose loss changes the model, with what TF2's has instead."""


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    for name, setting in conversion.settings.items():
        if (
            name.startswith("_")
            or name in SHARED | TF2
            or (name in TF1 and (conversion.tf1_class or _changes_nothing(name, setting)))
        ):
            continue
        of_tf1 = name in TF1
        moved = (
            f"set converter.target_spec.{name}" if f"target_spec.{name}" in SHARED else "drop it, or correct its name"
        )
        whose = "TensorFlow 2's converter" if of_tf1 else "any version's converter"
        yield RULE.at(
            setting.span,
            f"`{name}` is no attribute of {whose}: it has no effect there",
            expects=AsCalled(conversion.places, ignores=name),
            certainty=conversion.certainty_of(name),
            outcomes=by_version("B", "W", "W") if of_tf1 else None,
            fix=MATTERS.get(name, moved),
            related=way(model) if model is not None else (),
        )


def _changes_nothing(name: str, setting: Setting) -> bool:
    if name == "inference_type":
        return dtype_of(setting.value) == "float32"
    return name not in MATTERS or constant(setting.value) is False
