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

from astroid import nodes

from analyzer.editing.calls import argument, renamed
from analyzer.editing.text import code_of, find, replace
from analyzer.expectations import ConverterSays
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.signatures import signatures
from analyzer.findings import Edit, Patch, Suspicion
from analyzer.reading.values import Instance, Mapping
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL208", "no-signature-exported", by_version("X", "X", "X"))

NAMES = {"ClassificationOutput": "scores", "RegressionOutput": "value"}


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
        patch=_patch(model, outputs),
    )


def _patch(model: Model, outputs: Mapping) -> Patch | None:
    """A PredictOutput of the same scores or value. One that also gives classes, which are strings, is left alone."""
    edits: list[Edit] = []
    for output in outputs.entries.values():
        found = find(model.modules, output.span, nodes.Call) if isinstance(output, Instance) else None
        name = NAMES.get(output.api.rpartition(".")[2]) if isinstance(output, Instance) else None
        given = argument(found[1], name, 0) if found is not None and name is not None else None
        callee = renamed(*found, "estimator.export.PredictOutput") if found is not None else None
        if found is None or given is None or callee is None or len(found[1].args) + len(found[1].keywords) != 1:
            return None
        whole = given.parent if isinstance(given.parent, nodes.Keyword) else given
        edits += [callee, replace(found[0], whole, f"{{{name!r}: {code_of(found[0], given)}}}")]
    return Patch(tuple(edits), safe=True) if edits else None
