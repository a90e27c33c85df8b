"""How a receiver's tensors are wired to what the model reads and answers."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.exportgraph.graph import Model, Receiver
from analyzer.exportgraph.signatures import predict_tensors
from analyzer.findings import Span
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Mapping, Tensor, Value

PLACEHOLDER = "tensorflow.placeholder"
PLACEHOLDERS = frozenset({PLACEHOLDER, "tensorflow.placeholder_with_default", "tensorflow.keras.Input"})
SPARSE = frozenset({"tensorflow.sparse.placeholder", "tensorflow.sparse.SparseTensor"})
IDENTITY = "tensorflow.identity"
SHAPE_ONLY = frozenset(f"tensorflow.{name}" for name in ("zeros_like", "ones_like", "shape", "size", "rank"))


def unfed(model: Model) -> Iterator[ApiCall]:
    """Exported placeholders that are no input of the signature: nobody can feed them."""
    receiver = model.receiver
    if receiver is None or receiver.kind not in ("serving", "tensor") or not receiver.all_tensors:
        return
    if len(receiver.made_by) != len(receiver.tensors):
        return
    fed = {call.id for call in receiver.made_by.values()}
    cut = {before.id for call in receiver.made_by.values() for before in model.ancestors(call)}
    for call in model.exported({PLACEHOLDER}):
        if call.id not in fed and (call.id not in cut or _reached_around(model, call, fed)):
            yield call


def _reached_around(model: Model, placeholder: ApiCall, fed: set[int]) -> bool:
    """Whether an output depends on the placeholder by a way that passes no receiver tensor."""
    by_id = {call.id: call for call in model.calls}
    pending = [number for _, value, _ in predict_tensors(model) for number in value.deps]
    seen = set(pending)
    while pending:
        call = by_id.get(pending.pop())
        if call is None or call.id in fed:
            continue
        if call.id == placeholder.id:
            return True
        pending += call.deps - seen
        seen |= call.deps
    return False


def disconnected(model: Model) -> Iterator[tuple[str, bool]]:
    """The receiver tensors that feed no feature: key, and whether the model reads one that should come from it."""
    receiver = model.receiver
    if receiver is None or receiver.kind not in ("serving", "tensor"):
        return
    features = _features(receiver)
    if features is None:
        return
    reached = [_closure(model, value) for value in features.values()]
    answers = [_closure(model, value) for _, value, _ in predict_tensors(model)] or [set(model.live)]
    wired = set[int]().union(*answers, *reached)
    idle = [
        key for key, call in receiver.made_by.items() if call.name in PLACEHOLDERS and call.id not in wired
    ]  # fmt: skip
    all_idle = len(idle) == len(receiver.tensors)
    for key in idle:
        candidates = [key] if key in features else list(features) if all_idle else []
        yield key, any(features[name].deps & model.live for name in candidates)


def shape_only(model: Model, key: str) -> ApiCall | None:
    """The call that takes only the shape of a receiver tensor for the feature of its name."""
    features = _features(model.receiver) if model.receiver is not None else None
    if model.receiver is None or features is None or key not in features or key not in model.receiver.made_by:
        return None
    placeholder, made = model.receiver.made_by[key].id, features[key].deps
    shaped = (call for call in model.calls if call.id in made and call.name in SHAPE_ONLY)
    return next((call for call in shaped if any(before.id == placeholder for before in model.ancestors(call))), None)


def _features(receiver: Receiver) -> dict[str, Value] | None:
    """The features by key, None where they are not all known."""
    match receiver.features:
        case Mapping(complete=True, entries=entries) if all(isinstance(value, Tensor) for value in entries.values()):
            return {str(key): value for key, value in entries.items()}
        case Tensor() as tensor:
            return {"feature": tensor}
        case _:
            return None


def _closure(model: Model, value: Value) -> set[int]:
    """The calls whose values a value depends on, directly or not; a shape taken of a tensor is not its value."""
    by_id = {call.id: call for call in model.calls}
    pending, seen = list(value.deps), set(value.deps)
    while pending:
        call = by_id.get(pending.pop())
        if call is not None and call.name not in SHAPE_ONLY:
            pending += call.deps - seen
            seen |= call.deps
    return seen


def passed_through(model: Model) -> Iterator[tuple[str, str, Span | None, bool]]:
    """(output, receiver tensor, place, whether through tf.identity) of each output that is an input unchanged."""
    receiver = model.receiver
    if receiver is None:
        return
    calls = {call.id: call for call in model.calls}
    for key, value, span in predict_tensors(model):
        plain = _input_of(receiver, value)
        if plain is not None:
            yield key, plain, span, False
        elif isinstance(value, Tensor) and len(value.deps) == 1:
            call = calls.get(next(iter(value.deps)))
            source = call.arguments.get("input", 0) if call is not None and call.name == IDENTITY else None
            copied = _input_of(receiver, source) if source is not None else None
            if copied is not None:
                yield key, copied, span, True


def _input_of(receiver: Receiver, value: Value) -> str | None:
    """The receiver tensor that a value is."""
    for key, tensor in receiver.tensors.items():
        if isinstance(tensor, Tensor) and tensor.placeholder and (value is tensor or (tensor.deps and value == tensor)):
            return key
    return None
