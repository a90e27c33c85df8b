"""Batch normalization that normalizes with the statistics of the batch, in the exported graph.

What fails: nothing says so. With `training=True` (the default of contrib's and slim's `batch_norm` is
`is_training=True`) the exported model uses the mean and variance of whatever batch it is given instead of the moving
averages: on a device, with a batch of one, its answers are wrong. 2.x converts it as it is; 1.15 ignores the flag of
the fused kernel, so that its answers differ from TensorFlow's. A normalization written by hand, with `tf.nn.moments`
over the batch, has no moving averages at all.

Bad:

    x = tf.layers.batch_normalization(x, training=True)
    x = tf.contrib.layers.batch_norm(x)
    mean, variance = tf.nn.moments(x, axes=[0])

Good:

    x = tf.layers.batch_normalization(x, training=mode == tf.estimator.ModeKeys.TRAIN)

The dry run confirms it when the batch normalization made on this line uses batch statistics in the PREDICT graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.editing.modes import switched
from analyzer.expectations import BatchNormTrains
from analyzer.exportgraph.blame import switched_at, via
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.provenance import fed_calls
from analyzer.findings import Certainty, Suspicion
from analyzer.reading.joining import by_default
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Sequence, Tensor, constant, is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL502", "batch-norm-in-training-mode", by_version("W", "W", "W"))

SWITCHES = {
    "tensorflow.layers.batch_normalization": ("training", 14, False),
    "tensorflow.layers.BatchNormalization.__call__": ("training", 1, False),
    "tensorflow.keras.layers.BatchNormalization.__call__": ("training", 1, False),
    "tensorflow.contrib.layers.batch_norm": ("is_training", 9, True),
    "tensorflow.contrib.slim.batch_norm": ("is_training", 9, True),
    "tensorflow.nn.fused_batch_norm": ("is_training", 7, True),
}
"""Each call's switch: its name, its position and its default."""

NORMALIZERS = frozenset({"tensorflow.contrib.layers.batch_norm", "tensorflow.contrib.slim.batch_norm"})
MOMENTS = "tensorflow.nn.moments"


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(SWITCHES):
        certainty = _trains(call)
        if certainty is None:
            continue
        name, index, default = SWITCHES[call.name]
        given = call.arguments.get(name) is not None
        why = "" if given or not default else f" ({name} is True by default)"
        place = switched_at(model, call, (name, index), lambda other: _trains(other) is not None)
        scoped = call.name in NORMALIZERS and call.chosen_at is not None
        what = "the one given here" if scoped else f"batch normalization{via(call, place)}"
        what = "this batch normalization" if place == call.span else what
        yield RULE.at(
            place,
            f"{what} uses the statistics of the batch in the exported model{why}",
            expects=BatchNormTrains((call.span if call.chosen_at else place,)),
            certainty=certainty,
            outcomes=by_version("W", "n/a", "n/a") if call.name in NORMALIZERS else None,
            fix=f"pass {name}=(mode == tf.estimator.ModeKeys.TRAIN)" + (" in normalizer_params" if scoped else ""),
            related=way(model, call),
            patch=switched(model, call, name, index, default) if place == call.span else None,
        )
    fed = fed_calls(model)
    for call in model.exported({MOMENTS}):
        if call.id in fed and _over_batch(call):
            yield RULE.at(
                call.span,
                "the mean and variance of the batch are computed in the exported model: an answer depends on the rest"
                " of its batch",
                expects=BatchNormTrains((call.span,)),
                certainty=call.certainty,
                fix="compute them when mode == tf.estimator.ModeKeys.TRAIN and use their moving averages otherwise, as"
                " tf.layers.batch_normalization does",
                related=way(model, call),
            )


def _over_batch(call: ApiCall) -> bool:
    axes = call.arguments.get("axes", 1)
    return 0 in [constant(axis) for axis in (axes.items if isinstance(axes, Sequence) else [axes])]


def _trains(call: ApiCall) -> Certainty | None:
    name, index, default = SWITCHES[call.name]
    given = call.arguments.get(name, index)
    if given is None:
        return (Certainty.MAYBE if call.arguments.open else call.certainty) if default else None
    answer = constant(by_default(given))
    if answer is None:
        return None if is_none(given) else Certainty.MAYBE if not isinstance(given, Tensor) else call.certainty
    return call.certainty if answer else None
