"""At serving time `features` is a dict of tensors, and this line uses it as if it were one tensor.

What fails: a `ServingInputReceiver` or `build_raw_serving_input_receiver_fn` with a dict gives model_fn that dict. An
`input_fn` that yields bare tensors trains well, then the export dies inside model_fn ("Failed to convert '{...}' to a
shape", "invalid literal for int() with base 10"), before any converter starts. The article that blames the key's name
or a `dataset.map` lambda is wrong: renaming the key changes nothing.

Bad:

    def model_fn(features, labels, mode):
        net = tf.layers.dense(features, 8)                  # receiver gives {"x": placeholder}

Good:

    net = tf.layers.dense(features["x"], 8)                 # and an input_fn that yields {"x": ...}, or
    ServingInputReceiver -> tf.estimator.export.TensorServingInputReceiver(placeholder, placeholder)

The dry run confirms it when the export dies with this line on the stack.
"""

from __future__ import annotations

from collections.abc import Iterator

from astroid import nodes

from analyzer.editing.calls import argument, renamed, written
from analyzer.editing.displays import value_at
from analyzer.editing.scopes import is_in_model_fn
from analyzer.editing.text import append, code_of, find, replace
from analyzer.expectations import Raises
from analyzer.exportgraph.graph import Model, Receiver
from analyzer.findings import Edit, Patch, Related, Suspicion
from analyzer.reading.values import Array, Mapping, Tensor
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL204", "feature-dict-used-as-tensor", by_version("E", "E", "n/a"))

EXCEPTIONS = frozenset({"TypeError", "ValueError", "AttributeError", "InvalidArgumentError"})


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is None or receiver.wraps_bare_tensor:
        return
    for use in model.uses:
        if use.tag != "features" or not isinstance(use.value, Mapping) or not receiver.keys:
            continue
        keys = ", ".join(f"{key!r}: Tensor" for key in receiver.keys)
        one = receiver.keys[0] if len(receiver.keys) == 1 else None
        take = f"features[{one!r}]" if one else "the tensors you need by their keys"
        related = way(model, trail=use.trail)
        if receiver.span is not None:
            related = (Related(receiver.span, "the receiver gives this dict"), *related)
        yield RULE.at(
            use.span,
            f"the dict {{{keys}}} when serving, used here as a tensor ({use.how})",
            expects=Raises(EXCEPTIONS, use.places),
            certainty=use.certainty,
            fix=f"take {take}" + (", or export with TensorServingInputReceiver" if one else ""),
            related=related,
            patch=_patch(model, receiver, one) if one is not None else None,
        )
        return


def _patch(model: Model, receiver: Receiver, key: str) -> Patch | None:
    """What training gives decides: for bare tensors a receiver that keeps its tensor bare, else the tensor of the key.

    Where it is not known what training gives, the second is a guess: not safe.
    """
    trained = [pipeline.features for pipeline in model.pipelines]
    if trained and all(isinstance(features, Tensor | Array) for features in trained):
        return _kept_bare(model, receiver, key)
    known = bool(trained) and all(isinstance(features, Mapping) and key in features.entries for features in trained)
    if not known and any(isinstance(features, Tensor | Array) for features in trained):
        return None
    edits: list[Edit] = []
    uses = [use for use in model.uses if use.tag == "features" and isinstance(use.value, Mapping)]
    for span in dict.fromkeys(use.span for use in uses):
        found = find(model.modules, span, nodes.Name)
        if found is None or not is_in_model_fn(model, *found):
            return None
        edits += append(*found, f"[{key!r}]")
    return Patch(tuple(edits), safe=known)


def _kept_bare(model: Model, receiver: Receiver, key: str) -> Patch | None:
    """TensorServingInputReceiver of the one tensor; the signature stays what it is."""
    found = written(model.modules, receiver.call) if receiver.call is not None and not model.reads else None
    given = argument(found[1], "features", 0) if found is not None else None
    callee = renamed(*found, "estimator.export.TensorServingInputReceiver") if found is not None else None
    if found is None or given is None or callee is None:
        return None
    spans = receiver.features.spans if isinstance(receiver.features, Mapping) else {}
    value = value_at(model.modules, spans.get(key)) if isinstance(given, nodes.Dict) else None
    if isinstance(given, nodes.Dict) and value is None:
        return None
    bare = replace(found[0], given, code_of(*value)) if value is not None else None
    edits = (bare,) if bare is not None else append(found[0], given, f"[{key!r}]")
    return Patch((callee, *edits), safe=True)
