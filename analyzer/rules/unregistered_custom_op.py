"""`allow_custom_ops` lets an op through that nobody has registered: the model converts and cannot be run.

What fails: with `allow_custom_ops = True` the converter writes every op that it has no kernel for as a custom op, and
says nothing. The interpreter then stops at `allocate_tensors()`: "Encountered unresolved custom op: Erf". TensorFlow's
own interpreter has none of TensorFlow's ops as custom ops, on any version; an application that registers a kernel of
this name with its interpreter is no fault, and tflint cannot see it.

Bad:

    converter.allow_custom_ops = True

Good, where the op is one of the Select TF ops:

    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]

The finding stands where custom ops are allowed and the exported model holds such an op. The dry run does the conversion
as the script does it, and confirms it when the interpreter cannot resolve an op.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Outcome, Related, Suspicion, Target
from analyzer.reading.values import constant
from analyzer.rules import op_without_tflite_kernel as without_kernel
from analyzer.rules import py_func_in_exported_graph as py_func
from analyzer.rules import text_or_image_decoding_in_exported_graph as decoding
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL605", "unregistered-custom-op", by_version("R", "R", "R"))

REFUSERS = (py_func.check, without_kernel.check, decoding.check)
UNCONVERTIBLE = frozenset({Outcome.NEVER, Outcome.SELECT})


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    allowed = conversion.settings.get("allow_custom_ops")
    if model is None or allowed is None or constant(allowed.value) is not True:
        return
    refused = [found for check in REFUSERS for found in check(model)]
    for found in sorted(refused, key=lambda one: one.certainty is Certainty.MAYBE):
        outcomes = _outcomes(found, conversion)
        if not any(letter is Outcome.INTERPRETER_FAILS for letter in outcomes.values()):
            continue
        sure = Certainty.MAYBE not in (conversion.link, conversion.certainty_of("allow_custom_ops"), found.certainty)
        yield RULE.at(
            allowed.span,
            f"lets the op of line {found.span.line} through as a custom op, and nothing here registers a kernel for it",
            expects=AsCalled(conversion.places, says=("unresolved custom op",)),
            certainty=Certainty.CERTAIN if sure else Certainty.MAYBE,
            outcomes=outcomes,
            fix="mend that line, allow Select TF ops, or register the kernel where the model is run",
            related=(Related(found.span, found.message), *way(model)),
        )
        return


def _outcomes(found: Suspicion, conversion: Conversion) -> Mapping[Target, Outcome]:
    """What becomes of a refused op that is let through: with Select TF ops allowed too, those that they have do run."""
    select = "SELECT_TF_OPS" in (conversion.items("target_spec.supported_ops") or ())
    harmful = UNCONVERTIBLE - ({Outcome.SELECT} if select else set())
    outcomes = {
        target: Outcome.INTERPRETER_FAILS if letter in harmful else Outcome.BUILTINS
        for target, letter in found.outcomes.items()
    }
    if found.code == py_func.RULE.code:
        # TOCO aborts on a function's attributes before it can write a custom op.
        outcomes[Target.V1_15] = Outcome.BUILTINS
    return outcomes
