"""The export has no signature `serving_default`: TensorFlow 1.15 asks for it, and the v1 converter does too.

What fails: a canned estimator or a head writes classification and regression signatures only for a receiver with one
string input (tf.Examples). With raw inputs all that is left is 'predict', and 1.15's converter stops: "No
'serving_default' in the SavedModel's SignatureDefs. Possible values are 'predict'." 2.x converts every signature
there is.

Bad:

    tf.lite.TFLiteConverter.from_saved_model(path)                                # 1.15, compat.v1

Good:

    tf.lite.TFLiteConverter.from_saved_model(path, signature_key="predict")       # 1.15, compat.v1

No fault where the program's own conversions name the signature. The dry run confirms it when the converter asks for
the signature.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.editing.conversions import naming
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.signatures import DEFAULT, names_signature, signatures, uses_head
from analyzer.findings import ConverterSays, Patch, Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL207", "no-serving-default-signature", by_version("X", "B", "B"))


def check(model: Model) -> Iterator[Suspicion]:
    found = signatures(model)
    if not found or model.export is None or names_signature(model):
        return
    if any(signature.key == DEFAULT for signature in found):
        return
    keys = ", ".join(repr(signature.key) for signature in found)
    why = "a canned estimator or head over raw inputs" if uses_head(model) else "a classification over raw inputs"
    yield RULE.at(
        model.export.span,
        f"{why} exports only {keys}, not 'serving_default': 1.15 converts it only with signature_key='predict'",
        expects=ConverterSays(("No 'serving_default' in the SavedModel", 'No "serving_default" in the SavedModel')),
        certainty=model.export.certainty,
        fix=f"convert with signature_key={found[0].key!r}",
        related=way(model),
        patch=Patch(edits, safe=True) if (edits := naming(model, 1, repr(found[0].key))) else None,
    )
