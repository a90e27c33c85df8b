"""The export holds several signatures, and a conversion that names none does not run `serving_default`.

What fails: nothing says so. `export_outputs` with several entries, or `receiver_tensors_alternatives`, write several
signatures. TensorFlow 2.x converts all of them, and `get_output_details()` and `invoke()` take the alphabetically
first: "embedding" before "serving_default", "raw:serving_default" too. 1.15 takes `serving_default` and drops the
others without a word.

Bad:

    export_outputs={"serving_default": PredictOutput({"p": p}), "embedding": PredictOutput({"e": e})}
    converter = tf.lite.TFLiteConverter.from_saved_model(path)

Good:

    converter = tf.lite.TFLiteConverter.from_saved_model(path, signature_keys=["serving_default"])

No fault where every conversion of the program names its signature, where `serving_default` comes first, or where the
first gives the same tensors. The dry run confirms it by the signatures of the export.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.editing.conversions import naming
from analyzer.expectations import FirstSignature
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.heads import uses_head
from analyzer.exportgraph.signatures import (
    DEFAULT,
    Signature,
    alternatives_of,
    names_signature,
    same_outputs,
    signatures,
)
from analyzer.findings import Certainty, Patch, Span, Suspicion
from analyzer.reading.values import Mapping
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL206", "several-signatures", by_version("W", "W", "W"))


def check(model: Model) -> Iterator[Suspicion]:
    found = signatures(model)
    if found is None or len(found) < 2 or names_signature(model):
        return
    first = found[0]
    default = next((signature for signature in found if signature.key == DEFAULT), None)
    if default is None or first is default:
        return
    if first.alternative is None and (uses_head(model) or same_outputs(first, default)):
        return
    span = _place(model, first)
    if span is None:
        return
    keys = ", ".join(repr(signature.key) for signature in found)
    yield RULE.at(
        span,
        f"the export holds {keys}: a 2.x conversion without signature_keys runs {first.key!r}, "
        "1.15 keeps 'serving_default' alone",
        expects=FirstSignature(first.key),
        certainty=model.spec.certainty if model.spec is not None else Certainty.CERTAIN,
        fix="convert with signature_keys=['serving_default'], or one signature at a time",
        related=way(model, model.spec),
        patch=Patch(edits, safe=False) if (edits := naming(model, 2, f"[{DEFAULT!r}]")) else None,
    )


def _place(model: Model, first: Signature) -> Span | None:
    """Where the signatures were asked for: the alternatives, else the dict of export_outputs."""
    receiver = model.receiver
    if first.alternative is not None and receiver is not None and receiver.call is not None:
        alternatives = alternatives_of(receiver)
        given = receiver.call.arguments.span("receiver_tensors_alternatives", 2)
        return given or (alternatives.span if alternatives is not None else None) or receiver.span
    outputs = model.export_outputs
    if isinstance(outputs, Mapping):
        return outputs.span or outputs.spans.get(first.output) or (model.spec.span if model.spec is not None else None)
    return model.spec.span if model.spec is not None else None
