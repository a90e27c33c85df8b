"""`ServingInputReceiver` wraps a bare tensor into `{"feature": tensor}`; model_fn gets the dict, not the tensor.

What fails: model_fn written for a bare tensor (as `input_fn` yields it) gets `{"feature": tensor}` at serving time, and
the export dies inside model_fn. TensorFlow wraps it without a word.

Bad:

    return tf.estimator.export.ServingInputReceiver(x, x)

Good:

    return tf.estimator.export.TensorServingInputReceiver(x, x)

The dry run confirms it when the export dies where model_fn uses `features`.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.editing.calls import renamed, written
from analyzer.expectations import Raises
from analyzer.exportgraph.graph import Model, Receiver
from analyzer.findings import Certainty, Patch, Related, Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL205", "bare-tensor-in-serving-input-receiver", by_version("E", "E", "n/a"))

EXCEPTIONS = frozenset({"TypeError", "ValueError", "KeyError", "AttributeError", "InvalidArgumentError"})


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is None or not receiver.wraps_bare_tensor or receiver.span is None:
        return
    uses = [use for use in model.uses if use.tag == "features"]
    missing = [read for read in model.reads if read.given is False and not read.optional]
    places = [place for use in uses for place in use.places] + [read.span for read in missing]
    if not places:
        return
    certainties = [use.certainty for use in uses] + [read.certainty for read in missing]
    how = f"reads features[{missing[0].key!r}]" if missing and not uses else "uses `features` as a tensor"
    yield RULE.at(
        receiver.span,
        f"a bare tensor is wrapped into {{'feature': Tensor}} here, and model_fn {how}",
        expects=Raises(EXCEPTIONS, tuple(places)),
        certainty=Certainty.CERTAIN if Certainty.CERTAIN in certainties else Certainty.MAYBE,
        fix="return tf.estimator.export.TensorServingInputReceiver, or give a dict whose keys model_fn reads",
        patch=_patch(model, receiver) if uses and not model.reads else None,
        related=(Related(places[0], "model_fn needs the tensor here"), *way(model)),
    )


def _patch(model: Model, receiver: Receiver) -> Patch | None:
    """The receiver that keeps the tensor bare: model_fn reads no key of it, and the signature stays what it is."""
    found = written(model.modules, receiver.call) if receiver.call is not None else None
    edit = renamed(*found, "estimator.export.TensorServingInputReceiver") if found is not None else None
    return Patch((edit,), safe=True) if edit is not None else None
