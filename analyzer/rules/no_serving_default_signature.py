"""The export has no signature `serving_default`: TensorFlow 1.15 asks for it, and the v1 converter does too.

What fails: a canned estimator or a head writes classification and regression signatures only for a receiver with one
string input (tf.Examples). With raw inputs all that is left is 'predict', and 1.15's converter stops: "No
'serving_default' in the SavedModel's SignatureDefs. Possible values are 'predict'." 2.x converts every signature
there is.

Bad:

    tf.lite.TFLiteConverter.from_saved_model(path)                                # 1.15, compat.v1

Good:

    tf.lite.TFLiteConverter.from_saved_model(path, signature_key="predict")       # 1.15, compat.v1

The same on 2.x where the program itself converts with TensorFlow 1's implementation (TFL601 says when that is). No
fault where the program's own conversions name the signature. The dry run confirms it when the converter asks for the
signature.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.editing.conversions import naming
from analyzer.expectations import AnyOf, AsCalled, ConverterSays
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.heads import uses_head
from analyzer.exportgraph.signatures import DEFAULT, names_signature, signatures
from analyzer.findings import Patch, Span, Suspicion
from analyzer.reading.values import Instance, Mapping
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL207", "no-serving-default-signature", by_version("X", "B", "B"))


OVER_STRINGS = ("ClassificationOutput", "RegressionOutput")
"""ExportOutputs that make a signature over serialized examples only."""
SAYS = ("No 'serving_default' in the SavedModel", 'No "serving_default" in the SavedModel')


def _left_out(model: Model) -> Span | None:
    """The ExportOutput of which no signature is made."""
    outputs = model.export_outputs.entries.values() if isinstance(model.export_outputs, Mapping) else ()
    return next((one.span for one in outputs if isinstance(one, Instance) and one.api.endswith(OVER_STRINGS)), None)


def check(model: Model) -> Iterator[Suspicion]:
    found = signatures(model)
    if not found or model.export is None or names_signature(model):
        return
    if any(signature.key == DEFAULT for signature in found):
        return
    key = next((signature.key for signature in found if signature.key == "predict"), found[0].key)
    keys = ", ".join(repr(signature.key) for signature in found)
    by_tf1 = [one for one in model.conversions if one.tf1 and one.path is not None and one.signature()[0] is None]
    own = tuple(AsCalled(one.places, says=SAYS) for one in by_tf1)
    why = "a canned estimator or head over raw inputs" if uses_head(model) else "a classification over raw inputs"
    yield RULE.at(
        _left_out(model) or model.export.span,
        f"{why} exports only {keys}, not 'serving_default': "
        f"{'TF1, used here on 2.x too,' if own else '1.15'} converts it only with signature_key={key!r}",
        expects=AnyOf((ConverterSays(SAYS), *own)) if own else ConverterSays(SAYS),
        certainty=model.export.certainty,
        outcomes=by_version("X", "X", "X") if own else None,
        fix=f"convert with signature_key={key!r}",
        related=way(model),
        patch=Patch(edits, safe=True) if (edits := naming(model, 1, repr(key))) else None,
    )
