"""`experimental_export_all_saved_models` without a receiver for PREDICT exports no graph to serve.

What fails: the SavedModel holds the graphs of EVAL or TRAIN only, and the converter looks for the tag "serve":
"MetaGraphDef associated with tags {'serve'} could not be found in SavedModel, with available tags '[{'eval'}]'".

Bad:

    est.experimental_export_all_saved_models(path, {tf.estimator.ModeKeys.EVAL: eval_receiver})

Good:

    est.experimental_export_all_saved_models(path, {tf.estimator.ModeKeys.PREDICT: serving_receiver})

The dry run confirms it when the export ends without a graph for PREDICT.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import NoServingGraph
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.reading.values import Mapping
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL218", "no-serving-graph-exported", by_version("X", "X", "X"))

METHOD = "experimental_export_all_saved_models"


def check(model: Model) -> Iterator[Suspicion]:
    export = model.export
    if export is None or not export.name.endswith(f".{METHOD}"):
        return
    given = export.arguments.get("input_receiver_fn_map", 1)
    if not isinstance(given, Mapping) or not given.complete or "infer" in given.entries:
        return
    modes = ", ".join(repr(str(key)) for key in given.entries) or "nothing"
    yield RULE.at(
        export.span,
        f"only {modes} is exported: a converter finds no graph tagged 'serve'",
        expects=NoServingGraph(),
        certainty=export.certainty,
        fix="give a receiver for tf.estimator.ModeKeys.PREDICT",
        related=way(model),
    )
