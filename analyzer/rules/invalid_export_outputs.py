"""`export_outputs` is nothing that tf.estimator can export.

What fails: the EstimatorSpec, or the output itself, raises when the model is exported; the converter is never reached.

- a value that is no ExportOutput: "Values in `export_outputs` must be ExportOutput objects"
- something else than a dict: "`export_outputs` must be dict"
- several entries and none called "serving_default": "Multiple `export_outputs` were provided, but none of them are
  specified as the default"
- classes that are not strings: "Classification classes must be a string Tensor"
- scores or a value that is no float tensor, an output that is no tensor

Bad:

    export_outputs={"serving_default": {"p": p}}

Good:

    export_outputs={"serving_default": tf.estimator.export.PredictOutput({"p": p})}

Other modes may give what they like: only PREDICT's is looked at. The dry run confirms it by the exception on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.editing.calls import spelled
from analyzer.editing.displays import value_at
from analyzer.editing.text import wrap
from analyzer.expectations import Raises
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.signatures import DEFAULT, OUTPUTS
from analyzer.findings import Edit, Patch, Span, Suspicion
from analyzer.reading.values import Array, Const, Instance, Mapping, Sequence, Tensor, Value, is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL211", "invalid-export-outputs", by_version("E", "E", "n/a"))

FLOATS = frozenset({"float16", "float32", "float64", "bfloat16"})
EXCEPTIONS = frozenset({"TypeError", "ValueError"})


def check(model: Model) -> Iterator[Suspicion]:
    spec, outputs = model.spec, model.export_outputs
    if spec is None or not spec.name.endswith("EstimatorSpec") or outputs is None or is_none(outputs):
        return
    written = spec.arguments.span("export_outputs", 5) or spec.span
    for at, message, raised_at in _faults(outputs, written, spec.span):
        yield RULE.at(
            at,
            message,
            expects=Raises(EXCEPTIONS, (raised_at,)),
            certainty=spec.certainty,
            fix='give {"serving_default": tf.estimator.export.PredictOutput({...})}',
            related=way(model, spec),
            patch=_patch(model, outputs),
        )


def _faults(outputs: Value, written: Span, spec: Span) -> Iterator[tuple[Span, str, Span]]:
    """(place, message, where it raises) of everything that cannot be exported."""
    if not isinstance(outputs, Mapping):
        if _is_no_output(outputs) or (isinstance(outputs, Instance) and outputs.api in OUTPUTS):
            yield written, "export_outputs must be a dict of ExportOutput objects", spec
        return
    wrong = [str(key) for key, value in outputs.entries.items() if _is_no_output(value)]
    if wrong:
        names = ", ".join(repr(key) for key in wrong)
        yield outputs.span or written, f"the value of {names} in export_outputs is no ExportOutput", spec
        return
    for value in outputs.entries.values():
        if isinstance(value, Instance) and value.span is not None and (message := _wrong_tensor(value)):
            yield value.span, message, value.span
    if len(outputs.entries) > 1 and outputs.complete and DEFAULT not in outputs.entries:
        names = ", ".join(repr(str(key)) for key in outputs.entries)
        yield outputs.span or written, f"none of several export_outputs ({names}) is called 'serving_default'", spec


def _is_no_output(value: Value) -> bool:
    """Whether it certainly is none; what a function that was not followed gives has no dtype."""
    if isinstance(value, Tensor):
        return value.dtype is not None
    return isinstance(value, Mapping | Sequence | Array | Const)


def _wrong_tensor(output: Instance) -> str:
    """What is wrong with what an ExportOutput was given, "" where nothing certainly is."""
    match OUTPUTS.get(output.api):
        case "classification":
            scores, classes = output.arguments.get("scores", 0), output.arguments.get("classes", 1)
            if isinstance(classes, Tensor) and classes.dtype not in (None, "string"):
                return f"classes must be a string tensor, and this one is {classes.dtype}"
            if isinstance(scores, Tensor) and scores.dtype is not None and scores.dtype not in FLOATS:
                return f"scores must be a float tensor, and this one is {scores.dtype}"
            none = all(given is None or is_none(given) for given in (scores, classes)) and not output.arguments.open
            return "neither scores nor classes are given" if none else ""
        case "regression":
            value = output.arguments.get("value", 0)
            if isinstance(value, Tensor) and value.dtype is not None and value.dtype not in FLOATS:
                return f"the value must be a float tensor, and this one is {value.dtype}"
            return "the value must be a float tensor" if isinstance(value, Mapping | Sequence | Const) else ""
        case "predict":
            given = output.arguments.get("outputs", 0)
            items = given.entries.values() if isinstance(given, Mapping) else [given] if given is not None else []
            wrong = any(isinstance(item, Sequence | Const | Array | Mapping) for item in items)
            return "every output must be a tensor" if wrong else ""
        case _:
            return ""


def _patch(model: Model, outputs: Value) -> Patch | None:
    """A PredictOutput around every plain tensor or dict of tensors, where nothing else is wrong with them."""
    if not isinstance(outputs, Mapping) or not (len(outputs.entries) == 1 or DEFAULT in outputs.entries):
        return None
    edits: list[Edit] = []
    for key, value in outputs.entries.items():
        if not _is_no_output(value):
            continue
        tensors = value.entries.values() if isinstance(value, Mapping) else [value]
        found = value_at(model.modules, outputs.spans.get(key))
        name = spelled(*found, "estimator.export.PredictOutput") if found is not None else None
        if found is None or name is None or not all(isinstance(tensor, Tensor) for tensor in tensors):
            return None
        edits += wrap(*found, f"{name}(", ")")
    return Patch(tuple(edits), safe=True) if edits else None
