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

from analyzer.exportgraph.graph import Model
from analyzer.findings import Raises, Related, Suspicion
from analyzer.reading.values import Mapping
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
        )
        return
