"""Causes of a failed export that can be mended in memory, so that the dry run sees past them."""

from __future__ import annotations

import contextlib
import re
import sys
import types
from typing import Any, Callable, Dict, Iterator

from .attempts import Attempt, attempt
from .frames import Frame, Project
from .recording import Recorder

MOST = 4
LABELS = "tflint_labels"
"""The scope of placeholders that stand for labels."""
NO_DEFAULT = "none of them are specified as the default"
NOT_IN_FEATURES = re.compile(r"Feature (\w+) is not in features dictionary")

Change = Callable[[Any], Any]


class Mend:
    """One mend: what it does to the features of PREDICT and of TRAIN, and how the protocol tells it.

    `labels` makes what model_fn is given as labels; `around` is in force while the export is tried.
    """

    def __init__(
        self,
        kind: str,
        text: str,
        frames: list[Frame],
        serving: Change,
        train: Change,
        labels: Callable[[], Any] | None = None,
        around: Callable[[], Any] = contextlib.suppress,
    ) -> None:
        self.serving = serving
        self.train = train
        self.labels = labels
        self.around = around
        self.told = {"kind": kind, "text": text, "frames": frames}


class Labelled:
    """A receiver that brings labels along, as TensorFlow allows for other modes than PREDICT."""

    def __init__(self, receiver: Any, labels: Any) -> None:
        self.features = receiver.features
        self.receiver_tensors = receiver.receiver_tensors
        self.receiver_tensors_alternatives = getattr(receiver, "receiver_tensors_alternatives", None)
        self.labels = labels

    def _replace(self, features: Any) -> Labelled:
        changed = Labelled(self, self.labels)
        changed.features = features
        return changed


class Watched(Dict[str, Any]):
    """Features that remember which of them were read."""

    def __init__(self, features: dict[str, Any]) -> None:
        dict.__init__(self, features)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return dict.__getitem__(self, key)

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return dict.get(self, key, default)


def nothing(receiver: Any) -> Any:
    """Leave a receiver or features as they are."""
    return receiver


class Export:
    """One export to be mended: what is called, and how the labels of training can be had."""

    def __init__(
        self, estimator: Any, receiver_fn: Any, labels: Callable[[], Any], recorder: Recorder, project: Project
    ) -> None:
        self.estimator = estimator
        self.receiver_fn = receiver_fn
        self.labels = labels
        self.recorder = recorder
        self.project = project

    def attempt(self, mends: list[Mend]) -> Attempt:
        with contextlib.ExitStack() as around:
            for one in mends:
                around.enter_context(one.around())
            return attempt(self.estimator, self.receiver_fn, _serving(mends), self.project)


def mend(export: Export, written: Attempt) -> tuple[list[Mend], Attempt]:
    """Mends that carry the export further, and the last try; ([], written) where none is known."""
    mends: list[Mend] = []
    tried = written
    while not _complete(tried) and len(mends) < MOST:
        further = _further(export, tried, mends)
        if further is None:
            break
        mends, tried = further
    return (mends, tried) if _complete(tried) and not _needs_labels(tried, mends) else ([], written)


def _complete(tried: Attempt) -> bool:
    return tried.raised is None and bool(tried.caught.signatures)


def _further(export: Export, tried: Attempt, mends: list[Mend]) -> tuple[list[Mend], Attempt] | None:
    """The first mend with which the export does not end as it did."""
    for candidate in _candidates(export, tried, mends):
        again = export.attempt([*mends, candidate])
        if not _same_end(again, tried):
            return [*mends, candidate], again
    return None


def _needs_labels(tried: Attempt, mends: list[Mend]) -> bool:
    """Whether an output is computed from labels, which no mend can give it on a device."""
    if all(one.labels is None for one in mends):
        return False
    return any(op.name.startswith(LABELS + "/") for op in tried.live)


def for_training(mends: list[Mend]) -> Callable[[Any], Any]:
    """What the mends do to the features that training gives."""

    def change(features: Any) -> Any:
        for mend in mends:
            features = mend.train(features)
        return features

    return change


def train_dtype(tried: Attempt, mismatch: dict[str, Any], frames: list[Frame], project: Project) -> Mend:
    """Training on the types that the receiver gives."""
    served = tried.receiver.features
    text = "%(predict)s instead of %(train)s in the features of training" % mismatch
    text += " (%s)" % project.place(frames) if frames else ""
    types = {key: tensor.dtype for key, tensor in served.items()} if isinstance(served, dict) else {"": served.dtype}

    def cast(features: Any) -> Any:
        if isinstance(features, dict):
            return {key: _cast(tensor, types.get(key)) for key, tensor in features.items()}
        return _cast(features, next(iter(types.values())) if len(types) == 1 else None)

    return Mend("train-dtype", text, frames, nothing, cast)


def _cast(tensor: Any, dtype: Any) -> Any:
    import tensorflow.compat.v1 as tf

    floating = dtype is not None and dtype.is_floating and getattr(tensor, "dtype", dtype).is_floating
    return tf.cast(tensor, dtype) if floating and isinstance(tensor, tf.Tensor) else tensor


def _serving(mends: list[Mend]) -> Callable[[Any], Any]:
    def change(receiver: Any) -> Any:
        features = receiver.features
        for mend in mends:
            features = mend.serving(features)
        changed = receiver._replace(features=features)
        makers = [mend.labels for mend in mends if mend.labels is not None]
        return Labelled(changed, makers[0]()) if makers else changed

    return change


def _same_end(one: Attempt, other: Attempt) -> bool:
    if one.raised is None or other.raised is None:
        return one.raised is other.raised and not one.caught.signatures
    return all(bool(one.raised[key] == other.raised[key]) for key in ("type", "words", "frames"))


def _candidates(export: Export, tried: Attempt, mends: list[Mend]) -> Iterator[Mend]:
    """What may be the cause, the likeliest first."""
    done = {str(mend.told["kind"]) for mend in mends}
    frames = (tried.raised or {"frames": []})["frames"]
    place = export.project.place(frames)
    words = str(tried.error)
    if tried.receiver is None:
        return
    if "signature" not in done and (tried.raised is None or NO_DEFAULT in words):
        text = "a PredictOutput as serving_default" + (" (%s)" % place if place else "")
        yield Mend("signature", text, frames, nothing, nothing, around=_default_signature)
    if "labels" not in done and "None" in words:
        text = "labels left out in PREDICT (%s)" % place
        yield Mend("labels", text, frames, nothing, nothing, labels=export.labels)
    if isinstance(getattr(tried.receiver, "features", None), dict):
        yield from _of_features(export, tried, mends, done)


def _of_features(export: Export, tried: Attempt, mends: list[Mend], done: set[str]) -> Iterator[Mend]:
    features, project = tried.receiver.features, export.project
    missing = _missing_key(tried.error)
    if missing is not None and missing not in features:
        renamed = _rename(export, missing, tried, mends)
        if renamed is not None:
            yield renamed
        return
    if len(features) != 1 or done & {"feature-dict", "bare-receiver-tensor"}:
        return
    (key,) = features
    bare = export.recorder.bare.get(id(tried.receiver))
    if bare is not None:
        text = "TensorServingInputReceiver instead of ServingInputReceiver (%s)" % project.place(bare[1])
        yield Mend("bare-receiver-tensor", text, bare[1], _only, nothing)
        return
    frames = (tried.raised or {"frames": []})["frames"]
    text = "features[%r] instead of features (%s)" % (key, project.place(frames))
    yield Mend("feature-dict", text, frames, _only, _only)


@contextlib.contextmanager
def _default_signature() -> Iterator[None]:
    """The outputs of a spec come with the predictions under the name that converters look for."""
    from tensorflow.python.saved_model.model_utils import export_output, export_utils

    original = export_utils.get_export_outputs

    def get_export_outputs(export_outputs: Any, predictions: Any) -> Any:
        given = dict(export_outputs) if isinstance(export_outputs, dict) else {}
        given["serving_default"] = export_output.PredictOutput(predictions)
        return original(given, predictions)

    holders = [module for module in list(sys.modules.values()) if _holds(module, original)]
    for module in holders:
        vars(module)["get_export_outputs"] = get_export_outputs
    try:
        yield
    finally:
        for module in holders:
            vars(module)["get_export_outputs"] = original


def _holds(module: Any, function: Any) -> bool:
    return isinstance(module, types.ModuleType) and vars(module).get(function.__name__) is function


def variables_alike(mismatches: list[dict[str, Any]], project: Project) -> Mend:
    """A checkpoint that has what the export restores: training made its variables as the export does."""
    first, more = mismatches[0], len(mismatches) - 1
    text = "%(name)s made by training as by the export" % first + (", as %d more" % more if more else "")
    text += " (%s)" % project.place(first["frames"]) if first["frames"] else ""
    return Mend("train-variables", text, first["frames"], nothing, nothing)


def _only(features: Any) -> Any:
    """The one tensor of a dict of one; anything else as it is."""
    return next(iter(features.values())) if isinstance(features, dict) and len(features) == 1 else features


def _missing_key(error: BaseException | None) -> str | None:
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        return error.args[0]
    match = NOT_IN_FEATURES.search(str(error))
    return match.group(1) if match else None


def _rename(export: Export, missing: str, tried: Attempt, mends: list[Mend]) -> Mend | None:
    """Call `missing` the one tensor that nobody else reads; where several are left, the one that carries on."""
    watched: list[Watched] = []

    def watch(receiver: Any) -> Any:
        changed = _serving(mends)(receiver)
        watched.append(Watched(changed.features))
        return changed._replace(features=watched[-1])

    attempt(export.estimator, export.receiver_fn, watch, export.project)
    unread = sorted(set(watched[-1]) - watched[-1].read) if watched else []
    candidates = [_renaming(given, missing, tried, export.project) for given in unread]
    if len(candidates) == 1:
        return candidates[0]
    going = [mend for mend in candidates[:MOST] if export.attempt([*mends, mend]).raised is None]
    return going[0] if len(going) == 1 else None


def _renaming(given: str, missing: str, tried: Attempt, project: Project) -> Mend:
    frames = (tried.raised or {"frames": []})["frames"]
    text = "the receiver's key %r called %r, as model_fn reads it (%s)" % (given, missing, project.place(frames))

    def rename(features: Any) -> Any:
        return {missing if key == given else key: tensor for key, tensor in features.items()}

    return Mend("feature-key", text, frames, rename, nothing)
