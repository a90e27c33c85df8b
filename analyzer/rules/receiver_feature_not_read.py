"""The receiver asks callers for a feature that the model never reads.

What fails: nothing stops. On 2.x the input stays in the signature and changes no answer; the v1 converter loses it
("Graph does not contain node"). Usually a key was renamed on one side only, and the model runs on less than it was
trained on.

Bad:

    ServingInputReceiver({"age": age, "sex": sex}, {"age": age, "sex": sex})      # model_fn reads only "age"

Good:

    ServingInputReceiver({"age": age}, {"age": age})

The dry run confirms it when this receiver tensor reaches no output of the exported graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.editing.displays import without_keys
from analyzer.expectations import InputUnused
from analyzer.exportgraph.graph import Model, Receiver
from analyzer.findings import Certainty, Patch, Severity, Span, Suspicion
from analyzer.reading.values import Mapping, Tensor, deps_of
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL203", "receiver-feature-not-read", by_version("B", "B", "B"))


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is None or receiver.keys is None or receiver.span is None or model.limits or model.model_fn is None:
        return
    if any(use.tag == "features" for use in model.uses) or not model.reads:
        return
    features = receiver.features
    read = {read.key for read in model.reads}
    for key in receiver.keys:
        tensor = features.entries.get(key) if isinstance(features, Mapping) else None
        if key in read or not isinstance(tensor, Tensor) or (deps_of(tensor) & model.live):
            continue
        signature_key = next((name for name, given in receiver.tensors.items() if given is tensor), key)
        yield RULE.at(
            features.spans.get(key, receiver.span) if isinstance(features, Mapping) else receiver.span,
            f"the model never reads feature {key!r}: callers must give it, and it changes nothing",
            expects=InputUnused(signature_key),
            certainty=Certainty.CERTAIN,
            fix=f"drop {key!r} from the receiver, or read it in model_fn",
            related=way(model),
            ceiling=Severity.INFO,
            patch=_patch(model, receiver, key, signature_key),
        )


def _patch(model: Model, receiver: Receiver, key: str, signature_key: str) -> Patch | None:
    """The receiver without the key, on both sides. Callers who send it must stop: not safe."""
    tensors = receiver.given or (receiver.call.arguments.get("receiver_tensors", 1) if receiver.call else None)
    spans: list[Span | None] = [
        given.spans.get(name) if isinstance(given, Mapping) else None
        for given, name in ((receiver.features, key), (tensors, signature_key))
    ]
    edits = without_keys(model.modules, spans)
    return Patch(edits, safe=False) if edits else None
