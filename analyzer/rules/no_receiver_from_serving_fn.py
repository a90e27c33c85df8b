"""The serving_input_receiver_fn gives no ServingInputReceiver, or was built from arrays where tensors are needed.

What fails: the export reads `.features` of whatever the function returns: "'tuple' object has no attribute 'features'".
`build_raw_serving_input_receiver_fn` asks its features for their shape: "'numpy.ndarray' object has no attribute
'get_shape'". The converter is never reached.

Bad:

    def serve():
        x = tf.placeholder(tf.float32, [None, 4])
        return {"x": x}, {"x": x}

Good:

        return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

The dry run confirms it by the exception of the export.
"""

from __future__ import annotations

from collections.abc import Iterator

from astroid import nodes

from analyzer.editing.calls import spelled
from analyzer.editing.text import find, replace, text_of, wrap
from analyzer.expectations import Raises
from analyzer.exportgraph.graph import Model, Receiver
from analyzer.findings import Patch, Suspicion
from analyzer.reading.values import Array, Const, Mapping, Sequence, Tensor, Value
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL213", "no-receiver-from-serving-fn", by_version("E", "E", "n/a"))


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is None or receiver.span is None or _is_contrib_learn(model):
        return
    if receiver.kind == "none":
        yield RULE.at(
            receiver.span,
            f"the serving_input_receiver_fn returns {_kind(receiver.returned)}, not a ServingInputReceiver",
            expects=Raises(frozenset({"AttributeError", "TypeError", "ValueError"}), (), "features"),
            fix="return tf.estimator.export.ServingInputReceiver(features, receiver_tensors)",
            related=way(model),
            patch=_patch(model, receiver),
        )
    if receiver.kind == "raw" and isinstance(receiver.given, Mapping):
        given = receiver.given.entries.items()
        wrong = [str(key) for key, value in given if isinstance(value, Array | Const | Sequence)]
        if wrong:
            names = ", ".join(repr(key) for key in wrong)
            yield RULE.at(
                receiver.span,
                f"build_raw_serving_input_receiver_fn needs tensors, and {names} is none",
                expects=Raises(frozenset({"AttributeError"}), (), "get_shape"),
                fix="give placeholders: {'x': tf.placeholder(tf.float32, [None, 4])}",
                related=way(model),
            )


def _is_contrib_learn(model: Model) -> bool:
    """tf.contrib.learn's own estimators take a tuple."""
    return model.estimator is not None and model.estimator.name.startswith("tensorflow.contrib.learn.")


def _kind(value: Value | None) -> str:
    match value:
        case Sequence(kind=kind):
            return f"a {kind}"
        case Mapping():
            return "a dict"
        case Const(value=None):
            return "None"
        case _:
            return "something else"


def _patch(model: Model, receiver: Receiver) -> Patch | None:
    """A receiver of the pair that is returned, or of the dict of placeholders for both sides."""
    found = find(model.modules, receiver.span, nodes.Return)
    value = found[1].value if found is not None else None
    name = spelled(*found, "estimator.export.ServingInputReceiver") if found is not None else None
    if found is None or name is None:
        return None
    returned = receiver.returned
    if isinstance(value, nodes.Tuple) and isinstance(returned, Sequence) and _is_pair(returned):
        bare = text_of(found[0], found[0].span(value)).startswith("(")
        return Patch(wrap(found[0], value, name if bare else f"{name}(", "" if bare else ")"), safe=True)
    placeholders = isinstance(returned, Mapping) and returned.complete and all(map(_is_fed, returned.entries.values()))
    if isinstance(value, nodes.Name) and placeholders:
        return Patch((replace(found[0], value, f"{name}({value.name}, {value.name})"),), safe=True)
    return None


def _is_pair(value: Sequence) -> bool:
    sides = [list(item.entries.values()) if isinstance(item, Mapping) else [item] for item in value.items]
    return len(sides) == 2 and all(isinstance(tensor, Tensor) for side in sides for tensor in side) and all(sides)


def _is_fed(value: Value) -> bool:
    return isinstance(value, Tensor) and value.placeholder
