"""No signature at all is exported: classification and regression outputs need one string input.

What fails: the export drops a `ClassificationOutput` or `RegressionOutput` whose receiver gives anything but one string
tensor (it only logs "Export includes no default signature!"). Without a `PredictOutput` nothing is left, and no
converter finds an input: "Only support at least one signature key.", on 1.15 "Possible values are ''."

Bad:

    export_outputs={"serving_default": tf.estimator.export.ClassificationOutput(scores=scores)}

Good:

    export_outputs={"serving_default": tf.estimator.export.PredictOutput({"scores": scores})}

The dry run confirms it when the converter finds no signature.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.signatures import signatures
from analyzer.findings import ConverterSays, Suspicion
from analyzer.reading.values import Mapping
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL208", "no-signature-exported", by_version("X", "X", "X"))


def check(model: Model) -> Iterator[Suspicion]:
    outputs = model.export_outputs
    if not isinstance(outputs, Mapping) or not outputs.entries or model.spec is None or signatures(model) != ():
        return
    given = model.spec.arguments.span("export_outputs", 5)
    yield RULE.at(
        outputs.span or given or model.spec.span,
        "classification and regression outputs are dropped where the receiver gives anything but one string tensor: "
        "no signature is exported",
        expects=ConverterSays(("Only support at least one signature key", "Possible values are ''")),
        certainty=model.spec.certainty,
        fix="export a PredictOutput",
        related=way(model, model.spec),
    )
