"""The SignatureDefs that an export will hold, as tf.estimator makes them from export_outputs and the receiver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.exportgraph.graph import Model, Receiver
from analyzer.exportgraph.heads import names_of_several, uses_head
from analyzer.findings import Span
from analyzer.reading.values import Const, Instance, Mapping, Tensor, Value, is_none

DEFAULT = "serving_default"
EXPORT = "tensorflow.estimator.export."
OUTPUTS = {
    f"{EXPORT}PredictOutput": "predict",
    f"{EXPORT}ClassificationOutput": "classification",
    f"{EXPORT}RegressionOutput": "regression",
    "tensorflow.estimator.export.ExportOutput": "other",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """One SignatureDef. `output`: the entry of export_outputs it comes from; `tensors`: its outputs, where known."""

    key: str
    output: str
    tensors: dict[str, Value] | None
    alternative: str | None = None


def takes_one_string(receiver: Receiver) -> bool | None:
    """Whether the inputs are a single string tensor, as classification and regression signatures demand."""
    if receiver.kind == "parsing":
        return True
    if not receiver.all_tensors:
        return None
    if len(receiver.tensors) != 1:
        return False
    (tensor,) = receiver.tensors.values()
    dtype = tensor.dtype if isinstance(tensor, Tensor) else None
    return None if dtype is None else dtype == "string"


def alternatives_of(receiver: Receiver) -> Mapping | None:
    """receiver_tensors_alternatives, None where there are none."""
    given = receiver.alternatives
    return given if isinstance(given, Mapping) and given.entries else None


def signatures(model: Model) -> tuple[Signature, ...] | None:
    """The signatures in the order of their keys; None where they are not all known."""
    receiver, outputs = model.receiver, _outputs(model)
    if receiver is None or receiver.kind in ("unknown", "none") or outputs is None:
        return None
    given = receiver.alternatives
    if given is not None and not is_none(given) and not (isinstance(given, Mapping) and given.complete):
        return None
    one_string = takes_one_string(receiver)
    if one_string is None and any(kind not in ("predict", "other") for _, kind, _ in outputs):
        return None
    predicts = [(key, tensors) for key, kind, tensors in outputs if kind in ("predict", "other")]
    dropped = () if one_string else {key for key, _, _ in outputs} - {key for key, _ in predicts}
    found = [Signature(key, key, tensors) for key, _, tensors in outputs if key not in dropped]
    alternatives = alternatives_of(receiver)
    for name in alternatives.entries if alternatives is not None else ():
        found += [Signature(f"{name}:{key}", key, tensors, str(name)) for key, tensors in predicts]
    return tuple(sorted(found, key=lambda signature: signature.key))


def names_signature(model: Model) -> bool:
    """Whether the program itself converts, and every conversion names its signature."""
    loads = [conversion for conversion in model.conversions if conversion.method == "from_saved_model"]
    return bool(loads) and all(conversion.signature()[0] is not None for conversion in loads)


def predict_tensors(model: Model) -> Iterator[tuple[str, Value, Span | None]]:
    """The outputs of the PREDICT signatures by name, each with the place where it was written into its dict."""
    outputs = [model.predictions]
    if isinstance(model.export_outputs, Mapping):
        entries = [entry for entry in model.export_outputs.entries.values() if isinstance(entry, Instance)]
        predicts = [entry for entry in entries if OUTPUTS.get(entry.api) == "predict"]
        outputs = [entry.arguments.get("outputs", 0) or Const(None) for entry in predicts]
    for value in outputs:
        if isinstance(value, Mapping):
            for key, tensor in value.entries.items():
                yield str(key), tensor, value.spans.get(key)
        else:
            yield "output", value, None


def _outputs(model: Model) -> list[tuple[str, str, dict[str, Value] | None]] | None:
    """(key, kind, tensors) for each export output, the one that TensorFlow adds included."""
    if (names := names_of_several(model)) is not None:
        written: dict[str, tuple[str, dict[str, Value] | None]] = {DEFAULT: ("classification", {})}
        for name in names:
            written |= {name: ("classification", {}), f"{name}/predict": ("predict", None)}
        return [(key, *output) for key, output in written.items()] + [("predict", "predict", None)]
    if uses_head(model):
        return [(DEFAULT, "classification", {}), ("classification", "classification", {}), ("predict", "predict", None)]
    if model.returned is None:
        return None
    given = model.export_outputs
    if given is None or is_none(given):
        return [(DEFAULT, "predict", _named(model.predictions, "output"))]
    if not isinstance(given, Mapping) or not given.complete:
        return None
    found: list[tuple[str, str, dict[str, Value] | None]] = []
    for key, value in given.entries.items():
        if not isinstance(value, Instance) or value.api not in OUTPUTS:
            return None
        found.append((str(key), OUTPUTS[value.api], _tensors(value)))
    if len(found) == 1 and found[0][0] != DEFAULT:
        found.append((DEFAULT, *found[0][1:]))
    return found


def _tensors(output: Instance) -> dict[str, Value] | None:
    match OUTPUTS[output.api]:
        case "predict":
            return _named(output.arguments.get("outputs", 0), "output")
        case "classification":
            named = {"scores": output.arguments.get("scores", 0), "classes": output.arguments.get("classes", 1)}
            return {name: value for name, value in named.items() if value is not None and not is_none(value)}
        case "regression":
            return _named(output.arguments.get("value", 0), "outputs")
        case _:
            return None


def _named(value: Value | None, name: str) -> dict[str, Value] | None:
    match value:
        case Mapping() if value.complete:
            return {str(key): item for key, item in value.entries.items()}
        case Tensor():
            return {name: value}
        case _:
            return None


def same_outputs(one: Signature, other: Signature) -> bool:
    """Whether two signatures certainly give the same tensors, under whatever names."""
    if one.output == other.output and one.tensors is not None:
        return True
    if one.tensors is None or other.tensors is None:
        return False
    left, right = list(one.tensors.values()), list(other.tensors.values())
    return len(left) == len(right) and all(any(_same(a, b) for b in right) for a in left)


def _same(one: Value, other: Value) -> bool:
    return one is other or (isinstance(one, Tensor) and bool(one.deps) and one == other)
