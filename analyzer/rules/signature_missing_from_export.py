"""The conversion names a signature that the export does not hold.

What fails: the export has the keys of `export_outputs`, "serving_default" where there is one output, "predict" for a
canned estimator over raw inputs. Any other key stops the converter: "Invalid signature key 'scores' found. Valid keys
are 'serving_default'." on 2.15 and 2.21, "No 'scores' in the SavedModel's SignatureDefs." on 1.15. A string where a
list is wanted is read letter by letter ("Invalid signature key 's' found").

Bad:

    tf.lite.TFLiteConverter.from_saved_model(path, signature_keys=["scores"])
    tf.lite.TFLiteConverter.from_saved_model(path, signature_keys="serving_default")

Good:

    tf.lite.TFLiteConverter.from_saved_model(path, signature_keys=["serving_default"])

The dry run does the conversion as the script does it, and confirms these words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion, strings
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.signatures import signatures
from analyzer.findings import Certainty, Edit, Patch, Span, Suspicion
from analyzer.reading.values import Const, Value
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL602", "signature-missing-from-export", by_version("X", "X", "X"))

WORDS = ("Invalid signature key", "in the SavedModel's SignatureDefs", "Only support a single signature key")


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    given, span = conversion.signature()
    if given is None or conversion.method != "from_saved_model":
        return
    several = not _takes_one(conversion)
    certainty = conversion.certainty_of()
    found = signatures(model) if model is not None else None
    keys = tuple(signature.key for signature in found or ())
    expects = AsCalled(conversion.places, says=WORDS)
    place = span or conversion.load.span
    if several and isinstance(given, Const) and isinstance(given.value, str):
        yield RULE.at(
            place,
            f"signature_keys takes a list: {given.value!r} is read letter by letter",
            expects=expects,
            certainty=certainty,
            fix=f"signature_keys=[{given.value!r}]",
            related=way(model) if model is not None else (),
            patch=_listed(span),
        )
        return
    asked = strings(given)
    missing = [key for key in asked or () if key not in keys]
    if not found or not missing or model is None:
        return
    yield RULE.at(
        place,
        f"the export holds no signature {missing[0]!r}, only {', '.join(map(repr, keys))}",
        expects=expects,
        certainty=Certainty.MAYBE if Certainty.MAYBE in (certainty, conversion.link) else Certainty.CERTAIN,
        fix=f"name {' or '.join(map(repr, keys))}",
        related=way(model),
        patch=_only(span, given, keys, several),
    )


def _takes_one(conversion: Conversion) -> bool:
    """Whether the argument is TF1's `signature_key`, a string."""
    return "signature_key" in conversion.load.arguments.keywords or len(conversion.load.arguments.positional) > 3


def _listed(span: Span | None) -> Patch | None:
    if span is None:
        return None
    start = Span(span.path, span.line, span.column, span.line, span.column)
    end = Span(span.path, span.end_line, span.end_column, span.end_line, span.end_column)
    return Patch((Edit(start, "["), Edit(end, "]")), safe=True)


def _only(span: Span | None, given: Value, keys: tuple[str, ...], several: bool) -> Patch | None:
    """The one key that there is, in place of what is not there."""
    if span is None or len(keys) != 1:
        return None
    text = f'"{keys[0]}"'
    return Patch((Edit(span, f"[{text}]" if several else text),), safe=isinstance(given, Const) or several)
