"""The conversion asks for a MetaGraph that the export does not hold.

What fails: `export_saved_model` writes one MetaGraph, tagged "serve" ("train" or "eval" with `experimental_mode`);
`experimental_export_all_saved_models` one for each mode it is given. A conversion with other tags stops on every
version: "MetaGraphDef associated with tags 'train' could not be found in SavedModel".

Bad:

    tf.lite.TFLiteConverter.from_saved_model(path, tags=["train"])

Good:

    tf.lite.TFLiteConverter.from_saved_model(path)

The dry run does the conversion as the script does it, and confirms these words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion, strings
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Suspicion
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Mapping, constant
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL603", "tags-missing-from-export", by_version("X", "X", "X"))

TAG_OF = {"infer": "serve", "train": "train", "eval": "eval"}


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    given, span = conversion.tags()
    if given is None or model is None or model.export is None or conversion.method != "from_saved_model":
        return
    asked, held = strings(given), exported_tags(model.export)
    if asked is None or held is None or (len(asked) == 1 and asked[0] in held):
        return
    certain = Certainty.MAYBE not in (conversion.certainty_of(), conversion.link)
    yield RULE.at(
        span or conversion.load.span,
        f"the export holds no graph with the tags {', '.join(map(repr, asked))}, only {', '.join(map(repr, held))}",
        expects=AsCalled(conversion.places, says=("MetaGraphDef associated with tags",)),
        certainty=Certainty.CERTAIN if certain else Certainty.MAYBE,
        fix="leave the tags out: a converter takes the graph for serving",
        related=way(model),
    )


def exported_tags(export: ApiCall) -> tuple[str, ...] | None:
    """The tag of each MetaGraph that an export writes; None where that is not known."""
    if export.name.endswith(".experimental_export_all_saved_models"):
        receivers = export.arguments.get("input_receiver_fn_map", 1)
        if not isinstance(receivers, Mapping) or not receivers.complete:
            return None
        return tuple(TAG_OF[mode] for mode in receivers.entries if mode in TAG_OF)
    mode = export.arguments.get("experimental_mode", 5)
    tag = TAG_OF.get(constant(mode, "infer" if mode is None else None))
    return (tag,) if tag is not None else None
