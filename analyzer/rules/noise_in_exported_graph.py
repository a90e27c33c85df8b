"""Dropout or noise that is not gated by `mode`: the exported model answers at random.

What fails: nothing says so. On 2.x `RandomUniform` and its relatives are TensorFlow Lite builtins: the model converts
and answers differently on every call. On 1.15 unseeded noise is refused ("custom implementations: RandomUniform");
seeded noise (an op seed, or RunConfig's tf_random_seed) is folded into one constant mask.

Bad:

    h = tf.layers.dropout(h, 0.5, training=True)
    h = tf.nn.dropout(h, keep_prob=0.5)

Good:

    h = tf.layers.dropout(h, 0.5, training=mode == tf.estimator.ModeKeys.TRAIN)

Where a helper makes the noise and is called from several places, the finding stands at the call that does the harm.
The dry run confirms it when a random op made on this line feeds an exported output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.editing.modes import only_in_train, switched
from analyzer.expectations import InExportedSlice
from analyzer.exportgraph.blame import switched_at, via
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Patch, Suspicion
from analyzer.reading.joining import by_default
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Unknown, Value, constant, is_none
from analyzer.rules.rule import Rule, by_version, way
from analyzer.tfapi.ops import RANDOM

RULE = Rule("TFL501", "noise-in-exported-graph", by_version("X", "W", "W"))

GATED = {
    "tensorflow.layers.dropout": ("training", 4, False),
    "tensorflow.layers.Dropout.__call__": ("training", 1, False),
    "tensorflow.keras.layers.Dropout.__call__": ("training", 1, False),
    "tensorflow.keras.layers.SpatialDropout1D.__call__": ("training", 1, False),
    "tensorflow.keras.layers.SpatialDropout2D.__call__": ("training", 1, False),
    "tensorflow.keras.layers.AlphaDropout.__call__": ("training", 1, False),
    "tensorflow.keras.layers.GaussianNoise.__call__": ("training", 1, False),
    "tensorflow.keras.layers.GaussianDropout.__call__": ("training", 1, False),
    "tensorflow.contrib.layers.dropout": ("is_training", 3, True),
    "tensorflow.contrib.slim.dropout": ("is_training", 3, True),
}
"""Calls with a switch: its name, its position and its default."""

AUGMENTATIONS = "crop flip_left_right flip_up_down brightness contrast hue saturation jpeg_quality"
ALWAYS = frozenset(
    {"tensorflow.nn.dropout", "tensorflow.nn.alpha_dropout", "tensorflow.keras.backend.dropout"}
    | {
        f"tensorflow.random.{name}"
        for name in "normal uniform truncated_normal gamma shuffle categorical poisson".split()
    }
    | {"tensorflow.random.multinomial", "tensorflow.multinomial"}
    | {f"tensorflow.image.random_{name}" for name in AUGMENTATIONS.split()}
)
SAMPLE = re.compile(r"\.distributions\.\w+\.sample$")
"""A sample of a distribution: of TensorFlow, of its contrib, of TensorFlow Probability."""
DROPOUT_WRAPPER = "tensorflow.nn.rnn_cell.DropoutWrapper"


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.calls:
        if not (_may_be_noise(call) and model.is_exported(call)):
            continue
        certainty = _noisy(call)
        if certainty is None:
            continue
        place = switched_at(model, call, _switch(call), lambda other: _noisy(other) is not None)
        what = f"`{_name(call)}`{via(call, place)}"
        yield RULE.at(
            place,
            f"{what} is active in the exported graph: the model answers differently on every call",
            expects=InExportedSlice(RANDOM, (call.span if call.chosen_at else place,)),
            certainty=certainty,
            outcomes=by_version("X", "n/a", "n/a") if call.name.startswith("tensorflow.contrib.") else None,
            fix=_fix(call, place == call.span),
            related=way(model, call),
            patch=_patch(model, call) if place == call.span else None,
        )


def _may_be_noise(call: ApiCall) -> bool:
    return call.name in ALWAYS or call.name in GATED or call.name == DROPOUT_WRAPPER or bool(SAMPLE.search(call.name))


def _switch(call: ApiCall) -> tuple[str, int] | None:
    return GATED[call.name][:2] if call.name in GATED else None


def _noisy(call: ApiCall) -> Certainty | None:
    """Whether the call draws random numbers at inference; None where it certainly does not."""
    if call.name in GATED:
        name, index, default = GATED[call.name]
        given = call.arguments.get(name, index)
        if given is None:
            return call.certainty if default and not call.arguments.open else None
        return _switched(given, call, wanted=True)
    rate = _rate(call)
    return None if rate is False else Certainty.MAYBE if rate is None else call.certainty


def _switched(value: Value, call: ApiCall, wanted: bool) -> Certainty | None:
    answer = constant(by_default(value))
    if answer is None:
        return None if is_none(value) or not isinstance(value, Unknown) else Certainty.MAYBE
    return call.certainty if bool(answer) is wanted else None


def _rate(call: ApiCall) -> bool | None:
    """Whether something is dropped: True, False, or None where the rate is not known."""
    if call.name.startswith(("tensorflow.random.", "tensorflow.image.")) or call.name.endswith("multinomial"):
        return True
    if SAMPLE.search(call.name):
        return True
    keep = call.arguments.get("keep_prob") or call.arguments.get("output_keep_prob")
    rate = call.arguments.get("rate", 1) if call.name != DROPOUT_WRAPPER else None
    if call.name == DROPOUT_WRAPPER:
        names = ("input_keep_prob", "output_keep_prob", "state_keep_prob")
        kept = [call.arguments.get(name, index) for index, name in enumerate(names, 1)]
        known = [constant(value) for value in kept if value is not None]
        return None if None in known else any(value != 1 for value in known)
    if keep is not None:
        return None if constant(keep) is None else constant(keep) != 1
    if rate is None or constant(rate) is None:
        return None if rate is not None and isinstance(rate, Unknown) else True
    # tf.nn.dropout's second positional argument is keep_prob in 1.x and rate in 2.x: 0 and 1 both drop nothing in one.
    return constant(rate) not in (0, 0.0) and not (constant(rate) in (1, 1.0) and "rate" not in call.arguments.keywords)


def _patch(model: Model, call: ApiCall) -> Patch | None:
    """The switch, or what is kept, made to depend on mode. EVAL changes with it: the edit is not safe."""
    if call.name in GATED:
        name, index, default = GATED[call.name]
        return switched(model, call, name, index, default)
    if call.name == "tensorflow.nn.dropout":
        return only_in_train(model, call, {"keep_prob": "1.0", "rate": "0.0"})
    if call.name == DROPOUT_WRAPPER:
        return only_in_train(model, call, {f"{part}_keep_prob": "1.0" for part in ("input", "output", "state")})
    return None


def _name(call: ApiCall) -> str:
    return call.name.removesuffix(".__call__").replace("tensorflow.", "tf.")


def _fix(call: ApiCall, direct: bool) -> str:
    if not direct:
        return "call it only when mode == tf.estimator.ModeKeys.TRAIN, or tell it the mode as its other callers do"
    if call.name in GATED:
        return f"pass {GATED[call.name][0]}=(mode == tf.estimator.ModeKeys.TRAIN)"
    return "make it only when mode == tf.estimator.ModeKeys.TRAIN"
