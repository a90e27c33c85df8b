"""Causes of a failed export that can be mended in memory, so that the dry run sees past them."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict

from .attempts import Attempt, attempt
from .frames import Frame, Project
from .recording import Recorder

MOST = 4
NOT_IN_FEATURES = re.compile(r"Feature (\w+) is not in features dictionary")

Change = Callable[[Any], Any]


class Mend:
    """One mend: what it does to the features of PREDICT and of TRAIN, and how the protocol tells it."""

    def __init__(self, kind: str, text: str, frames: list[Frame], serving: Change, train: Change) -> None:
        self.serving = serving
        self.train = train
        self.told = {"kind": kind, "text": text, "frames": frames}


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


def mend(
    estimator: Any, receiver_fn: Any, written: Attempt, recorder: Recorder, project: Project
) -> tuple[list[Mend], Attempt]:
    """Mends that carry the export further, and the last try; ([], written) where none is known."""
    mends: list[Mend] = []
    tried = written
    while tried.raised is not None and len(mends) < MOST:
        candidate = _candidate(estimator, receiver_fn, tried, mends, recorder, project)
        if candidate is None:
            break
        again = attempt(estimator, receiver_fn, _serving([*mends, candidate]), project)
        if again.raised is not None and _same_death(again.raised, tried.raised):
            break
        mends.append(candidate)
        tried = again
    return (mends, tried) if tried.raised is None else ([], written)


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
        return receiver._replace(features=features)

    return change


def _same_death(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(bool(one[key] == other[key]) for key in ("type", "words", "frames"))


def _candidate(
    estimator: Any, receiver_fn: Any, tried: Attempt, mends: list[Mend], recorder: Recorder, project: Project
) -> Mend | None:
    if tried.receiver is None or not isinstance(getattr(tried.receiver, "features", None), dict):
        return None
    missing = _missing_key(tried.error)
    if missing is not None and missing not in tried.receiver.features:
        return _rename(estimator, receiver_fn, missing, tried, mends, project)
    features = tried.receiver.features
    if len(features) != 1 or any(mend.told["kind"] in ("feature-dict", "bare-receiver-tensor") for mend in mends):
        return None
    (key,) = features
    bare = recorder.bare.get(id(tried.receiver))
    if bare is not None:
        text = "TensorServingInputReceiver instead of ServingInputReceiver (%s)" % project.place(bare[1])
        return Mend("bare-receiver-tensor", text, bare[1], _only, nothing)
    frames = (tried.raised or {"frames": []})["frames"]
    text = "features[%r] instead of features (%s)" % (key, project.place(frames))
    return Mend("feature-dict", text, frames, _only, _only)


def _only(features: Any) -> Any:
    """The one tensor of a dict of one; anything else as it is."""
    return next(iter(features.values())) if isinstance(features, dict) and len(features) == 1 else features


def _missing_key(error: BaseException | None) -> str | None:
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        return error.args[0]
    match = NOT_IN_FEATURES.search(str(error))
    return match.group(1) if match else None


def _rename(
    estimator: Any, receiver_fn: Any, missing: str, tried: Attempt, mends: list[Mend], project: Project
) -> Mend | None:
    """Call `missing` the one tensor that nobody else reads; where several are left, the one that carries on."""
    watched: list[Watched] = []

    def watch(receiver: Any) -> Any:
        changed = _serving(mends)(receiver)
        watched.append(Watched(changed.features))
        return changed._replace(features=watched[-1])

    attempt(estimator, receiver_fn, watch, project)
    unread = sorted(set(watched[-1]) - watched[-1].read) if watched else []
    candidates = [_renaming(given, missing, tried, project) for given in unread]
    if len(candidates) == 1:
        return candidates[0]
    going = [
        mend
        for mend in candidates[:MOST]
        if attempt(estimator, receiver_fn, _serving([*mends, mend]), project).raised is None
    ]
    return going[0] if len(going) == 1 else None


def _renaming(given: str, missing: str, tried: Attempt, project: Project) -> Mend:
    frames = (tried.raised or {"frames": []})["frames"]
    text = "the receiver's key %r called %r, as model_fn reads it (%s)" % (given, missing, project.place(frames))

    def rename(features: Any) -> Any:
        return {missing if key == given else key: tensor for key, tensor in features.items()}

    return Mend("feature-key", text, frames, rename, nothing)
