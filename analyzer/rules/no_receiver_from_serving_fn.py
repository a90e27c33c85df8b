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

from analyzer.exportgraph.graph import Model
from analyzer.findings import Raises, Suspicion
from analyzer.reading.values import Array, Const, Mapping, Sequence, Value
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
