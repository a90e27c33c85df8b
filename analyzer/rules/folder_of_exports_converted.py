"""The conversion is given the folder in which exports are made, not the one that the export made.

What fails: `export_saved_model("export", ...)` writes into "export/1700000000", a new folder for each export, and
returns its path. `from_saved_model("export")` stops on every version: "SavedModel file does not exist at: export/...".

Bad:

    estimator.export_saved_model("export", serving_input_receiver_fn)
    converter = tf.lite.TFLiteConverter.from_saved_model("export")

Good (the returned path is bytes on 1.15 and 2.x, and the converter takes it either way):

    path = estimator.export_saved_model("export", serving_input_receiver_fn)
    converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())

The dry run does the conversion as the script does it, and confirms these words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion, base_folder, same_folder
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL610", "folder-of-exports-converted", by_version("X", "X", "X"))


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    if model is None or not same_folder(conversion.path, base_folder(model.export)):
        return
    yield RULE.at(
        conversion.load.arguments.span("saved_model_dir", 0) or conversion.load.span,
        "is the folder of all exports: the SavedModel lies in a folder of its own in it",
        expects=AsCalled(conversion.places, says=("SavedModel file does not exist",)),
        certainty=conversion.certainty_of(),
        fix="convert the path that the export returns",
        related=way(model),
    )
