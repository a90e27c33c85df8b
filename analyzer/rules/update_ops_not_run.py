"""Batch normalization is trained without UPDATE_OPS: its moving averages stay at 0 and 1, and the export uses them.

What fails: nothing says so. In TRAIN mode `batch_normalization` normalizes with the batch and puts the updates of its
moving averages into the collection UPDATE_OPS; a train_op that does not wait for them never runs them. Training goes
well, PREDICT normalizes with mean 0 and variance 1, and every converter converts that faithfully.

Bad:

    train_op = optimizer.minimize(loss, tf.train.get_global_step())

Good:

    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train_op = optimizer.minimize(loss, tf.train.get_global_step())

`tf.contrib.training.create_train_op`, `slim.learning.create_train_op` and `optimize_loss` run them by default. A
collection that is read before the layers are made is empty. Keras's layers put nothing into it: of a
`tf.keras.layers.BatchNormalization` in model_fn run `layer.updates`, or `model.get_updates_for(...)`. The dry run
confirms it when it builds the TRAIN graph and an update op is no ancestor of train_op.
"""

from __future__ import annotations

from collections.abc import Iterator

from astroid import nodes

from analyzer.editing.scopes import tensorflow_at
from analyzer.editing.statements import under
from analyzer.editing.text import find
from analyzer.expectations import UpdateOpsNotRun
from analyzer.exportgraph.graph import Model, Training
from analyzer.findings import Certainty, Patch, Related, Suspicion
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Api, Const, Instance, Sequence, constant, deps_of, is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL503", "update-ops-not-run", by_version("W", "W", "W"))

NORMS = {
    "tensorflow.layers.batch_normalization": ("training", 14, False),
    "tensorflow.layers.BatchNormalization.__call__": ("training", 1, False),
    "tensorflow.contrib.layers.batch_norm": ("is_training", 9, True),
    "tensorflow.keras.layers.BatchNormalization.__call__": ("training", 1, False),
}
"""Each one's switch, its position and its default."""
KERAS = frozenset({"tensorflow.keras.layers.BatchNormalization.__call__"})
"""Those that keep their updates to themselves; the others put them into UPDATE_OPS."""

COPIES = frozenset({"tensorflow.get_collection"})
COLLECTS = COPIES | {"tensorflow.get_collection_ref"}
RUN_THEM = ("create_train_op", "optimize_loss", "create_estimator_spec", ".updates", ".get_updates_for")
STEPS = (".minimize", ".apply_gradients")
HEAD = "Head.create_estimator_spec"
"""Heads of 2.x run the updates that they are given; those of 1.x those of the collection."""


def check(model: Model) -> Iterator[Suspicion]:
    training = model.training
    if training is None or not training.complete:
        return
    exported = {(call.span.path, call.span.line, call.span.column) for call in model.exported(NORMS)}
    norms = [call for call in training.calls if call.name in NORMS and _collects_updates(call)]
    norms = [call for call in norms if (call.span.path, call.span.line, call.span.column) in exported]
    behind = _behind_train_op(training)
    steps = [call for call in behind if call.name.endswith((*STEPS, HEAD)) and isinstance(call.owner, Instance)]
    steps = [call for call in steps if not call.name.endswith(HEAD)] or steps
    if not steps:
        return
    step = max(steps, key=lambda call: (call.certainty is Certainty.CERTAIN, call.id))
    collecting = [call for call in norms if call.name not in KERAS]
    runs = [call for call in behind if _runs_updates(call)]
    early = max((call for call in runs if call.name in COPIES), key=lambda call: call.id, default=None)
    missed = [call for call in collecting if early is None or call.id > early.id]
    if missed and early is not None and len(runs) == sum(call.name in COPIES for call in runs):
        yield _told(
            model, early, missed,
            "UPDATE_OPS are read here, before batch normalization adds to them: its moving averages are exported as "
            "they began",
            "read them after the whole model is made, just before train_op",
        )  # fmt: skip
    elif missed and not runs:
        yield _told(
            model, step, missed,
            "train_op does not run UPDATE_OPS: the moving averages of batch normalization are exported as they began",
            "make train_op under tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS))",
            _patch(model, step),
        )  # fmt: skip
    keras = [call for call in norms if call.name in KERAS]
    if keras and not any(call.name.endswith(RUN_THEM) and _runs_updates(call) for call in training.calls):
        yield _told(
            model, step, keras,
            "train_op does not run the updates of Keras's batch normalization, which are not in UPDATE_OPS: its moving "
            "averages are exported as they began",
            "make train_op under tf.control_dependencies of the layer's or the model's `updates`",
        )  # fmt: skip


def _told(
    model: Model, place: ApiCall, norms: list[ApiCall], message: str, fix: str, patch: Patch | None = None
) -> Suspicion:
    certain = place.certainty is Certainty.CERTAIN and any(call.certainty is Certainty.CERTAIN for call in norms)
    return RULE.at(
        place.span,
        message,
        expects=UpdateOpsNotRun(),
        certainty=Certainty.CERTAIN if certain else Certainty.MAYBE,
        fix=fix,
        patch=patch,
        related=(*(Related(call.span, "its moving averages are never updated") for call in norms[:3]), *way(model)),
    )


def _patch(model: Model, step: ApiCall) -> Patch | None:
    """The statement that makes train_op, under the control dependencies. Training changes with it: not safe."""
    found = find(model.modules, step.span, nodes.Call)
    spelled = tensorflow_at(*found) if found is not None else None
    if found is None or spelled is None:
        return None
    updates = f"{spelled.v1}.get_collection({spelled.v1}.GraphKeys.UPDATE_OPS)"
    edits = under(found[0], found[1].statement(), f"with {spelled.name}.control_dependencies({updates}):")
    return Patch(edits, safe=False) if edits else None


def _collects_updates(call: ApiCall) -> bool:
    """Whether the call normalizes with the batch in TRAIN mode and leaves its updates to the collection."""
    name, index, default = NORMS[call.name]
    given = call.arguments.get(name, index)
    if call.name.startswith("tensorflow.contrib") and call.arguments.get("updates_collections", 8) is not None:
        return False
    if given is None:
        return default and not call.arguments.open
    return bool(constant(given, False))


def _behind_train_op(training: Training) -> list[ApiCall]:
    """The calls that train_op depends on."""
    by_id = {call.id: call for call in training.calls}
    pending = list(deps_of(training.train_op))
    seen = set(pending)
    found: list[ApiCall] = []
    while pending:
        if (call := by_id.get(pending.pop())) is None:
            continue
        found.append(call)
        pending += call.deps - seen
        seen |= call.deps
    return found


def _runs_updates(call: ApiCall) -> bool:
    if call.name in COLLECTS:
        key = call.arguments.get("key", 0)
        named = key.name.rpartition(".")[2].lower() if isinstance(key, Api) else constant(key)
        return named is None or named == "update_ops"
    if call.name.endswith("create_train_op") or call.name.endswith("optimize_loss"):
        given = call.arguments.get("update_ops", 8 if call.name.endswith("optimize_loss") else 3)
        return not (isinstance(given, Sequence) and given.complete and not given.items) or is_none(given)
    if call.name.endswith(HEAD):
        return call.arguments.open or not is_none(call.arguments.get("update_ops", 7) or Const(None))
    return call.name.endswith(RUN_THEM)
