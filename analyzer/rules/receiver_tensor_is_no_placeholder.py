"""A receiver tensor is the output of an op: what lies before it is cut off, and callers must do it themselves.

What fails: nothing says so. The signature's input is the tensor that `receiver_tensors` names. Where that is the result
of a scaling, a cast or a decoding, the placeholder and the op before it are not exported: the model converts, its input
is called `truediv:0`, and a caller who sends raw values gets wrong answers.

Bad:

    raw = tf.placeholder(tf.float32, [None, 5])
    scaled = raw / 10.0
    return ServingInputReceiver({"form": scaled}, {"form": scaled})

Good:

    return ServingInputReceiver({"form": scaled}, {"form": raw})

`receiver_tensors_alternatives` is meant for such tensors and is no fault. The dry run confirms it when the input of the
signature is no placeholder.
"""

from __future__ import annotations

from collections.abc import Iterator

from astroid import nodes

from analyzer.editing.displays import value_at
from analyzer.editing.scopes import name_of
from analyzer.editing.text import find, replace
from analyzer.expectations import ReceiverTensorIsNoPlaceholder
from analyzer.exportgraph.graph import Model, Receiver
from analyzer.exportgraph.wiring import PLACEHOLDERS, SPARSE
from analyzer.findings import Patch, Suspicion
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Mapping
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL210", "receiver-tensor-is-no-placeholder", by_version("W", "W", "W"))

KEEPS = frozenset({"tensorflow.identity", "tensorflow.ensure_shape", "tensorflow.stop_gradient"})
"""Ops that change nothing: cutting them off loses nothing."""


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is None or receiver.kind not in ("serving", "tensor") or receiver.span is None:
        return
    for key, call in receiver.made_by.items():
        if call.name in PLACEHOLDERS | SPARSE or not _computes(model, call):
            continue
        yield RULE.at(
            receiver.span,
            f"receiver tensor {key!r} is what `{call.spelled}` (line {call.span.line}) gives, not a placeholder: "
            "the export cuts off what lies before it, and callers must do that themselves",
            expects=ReceiverTensorIsNoPlaceholder(key),
            certainty=call.certainty,
            fix="give the placeholder in receiver_tensors",
            related=way(model, call),
            patch=_patch(model, receiver, key, call),
        )


def _computes(model: Model, call: ApiCall) -> bool:
    """Whether a placeholder lies before this call, and something that computes between."""
    before = [call, *model.ancestors(call)]
    return any(one.name in PLACEHOLDERS for one in before) and any(
        one.name not in PLACEHOLDERS | KEEPS for one in before
    )


def _patch(model: Model, receiver: Receiver, key: str, call: ApiCall) -> Patch | None:
    """The one placeholder before the op in its place. Callers who did what lay between must stop: not safe.

    A string is left alone: parsing or decoding it is what the device cannot do.
    """
    raw = {one.id: one for one in model.ancestors(call) if one.name in PLACEHOLDERS}
    given = receiver.call.arguments.get("receiver_tensors", 1) if receiver.call is not None else None
    if len(raw) != 1 or receiver.call is None or given is None:
        return None
    if isinstance(given, Mapping):
        features = receiver.call.arguments.get("features", 0)
        found = value_at(model.modules, given.spans.get(key)) if features is not given else None
    else:
        found = find(model.modules, receiver.call.arguments.span("receiver_tensors", 1), nodes.Name)
    placeholder = next(iter(raw.values()))
    if dtype_of(placeholder.arguments.get("dtype", 0)) in (None, "string"):
        return None
    name = name_of(model.modules, placeholder.span, found[1]) if found is not None else None
    return Patch((replace(found[0], found[1], name),), safe=False) if found is not None and name is not None else None
