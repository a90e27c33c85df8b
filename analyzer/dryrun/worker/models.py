"""Building one model: as it is written, and with known causes mended so that what lies behind them shows too."""

from __future__ import annotations

import functools
import os
import time
import traceback
from typing import Any

from . import mending, reference, training, weightless
from .attempts import Attempt, attempt
from .frames import Frame, Project, raised
from .graphs import Bodies
from .limits import TimeIsUp, at_most
from .recording import Recorder, Seen

INPUT_SECONDS = 20.0


class Builder:
    """Builds models of one program and writes their SavedModels."""

    def __init__(
        self, project: Project, bodies: Bodies, recorder: Recorder, scratch: str, seconds: float, drawn: bool
    ) -> None:
        self.project = project
        self.drawn = drawn
        self.bodies = bodies
        self.recorder = recorder
        self.scratch = scratch
        self.seconds = min(seconds, INPUT_SECONDS)
        self.written = 0
        self.labelled: dict[Seen, Any] = {}
        """Type and shape of the labels of training."""

    def place_of(self, seen: Seen) -> Frame | None:
        """Where the user wrote the model_fn of an Estimator, also where TensorFlow wraps it."""
        return self.project.of_wrapped(seen.written._model_fn, "features")

    def unbuilt(self, model_fn: Frame | None, reason: str, seen: Seen | None = None) -> dict[str, Any]:
        """A model that could not even be tried."""
        return {
            "model_fn": model_fn,
            "estimator": _site(seen) if seen else None,
            "receiver": None,
            "export": None,
            "found_by": "entry point",
            "as_written": _built(),
            "mends": [],
            "mended": None,
            "calls": [],
            "seconds": 0.0,
            "limits": [reason],
        }

    def build(
        self, seen: Seen, receiver_fn: Any, frames: list[Frame], found_by: str, serves: bool, limits: list[str]
    ) -> dict[str, Any]:
        """One ModelRun of the protocol, with the SavedModels still to be converted under "saved"."""
        started = time.time()
        model = self.unbuilt(self.place_of(seen), "", seen)
        made = self.recorder.made.get(id(receiver_fn))
        model.update(
            receiver=made[1][-1] if made and made[1] else self.project.of_callable(receiver_fn),
            export=frames[-1] if frames else None,
            found_by=found_by,
            limits=limits,
        )
        if not serves:
            model["as_written"]["stopped_at"] = "convert"
            limits.append("the export has no graph for PREDICT, and a converter takes no other")
        elif not callable(receiver_fn):
            error = {"type": "ValueError", "words": "An input_receiver_fn must be defined.", "frames": frames}
            model["as_written"].update(stopped_at="export", raised=error)
        else:
            self._build_as_exported(model, seen, receiver_fn, frames)
        if seen.train_calls == 0 and found_by in ("export call", "main"):
            limits.append("no training was seen: the export needs a checkpoint in its model_dir")
        model["seconds"] = round(time.time() - started, 3)
        return model

    def _build_as_exported(self, model: dict[str, Any], seen: Seen, receiver_fn: Any, frames: list[Frame]) -> None:
        from tensorflow.python.eager import context

        try:
            with context.graph_mode():
                self._build_both(model, seen, receiver_fn, frames)
        except Exception as error:
            # Not the program's fault, so it must not look like an exception of the export.
            traceback.print_exc()
            model["limits"].append("the dry run could not go on: " + self.project.sentence(raised(error, self.project)))

    def _build_both(self, model: dict[str, Any], seen: Seen, receiver_fn: Any, frames: list[Frame]) -> None:
        written = attempt(seen.estimator, receiver_fn, mending.nothing, self.project)
        labels = functools.partial(self.labels, seen)
        export = mending.Export(seen.estimator, receiver_fn, labels, self.recorder, self.project)
        mends, tried = mending.mend(export, written)
        train, check = self._trained(tried, mends, seen)
        model["as_written"] = self._described(written, check if written.raised is None else self._unchecked(seen))
        wrong = training.stopping(check["mismatches"])
        if written.raised is None and wrong:
            model["as_written"].update(stopped_at="export", raised=training.as_restoring_raises(wrong[0], frames))
        if tried.raised is not None:
            return
        if wrong:
            mends = self._mend_variables(mends, wrong, tried, train, seen)
        if mends:
            model["mends"] = [mend.told for mend in mends]
            model["mended"] = self._described(tried, check)
        shapes = self._restored_shapes(check, train, tried, model["limits"])
        if shapes is None:
            return
        if mends:
            self._write(model["mended"], tried, shapes)
        if written.raised is None and not wrong:
            self._write(model["as_written"], written, shapes)

    def _restored_shapes(
        self, check: dict[str, Any], train: training.Trained, tried: Attempt, limits: list[str]
    ) -> dict[str, list[int]] | None:
        """Variables that TensorFlow 2 restores with the checkpoint's shape, another than the graph's, and says nothing.

        None, and a limit, where the export's values cannot be made up like that.
        """
        made = {op.name for op in tried.caught.graph.get_operations()}
        shapes: dict[str, list[int]] = {}
        for one in check["mismatches"]:
            if one["respect"] != "shape" or one["stops"]:
                continue
            shape = train.variables[one["name"]].shape
            if one["name"] not in made or shape is None or None in shape:
                words = (
                    "%s is %s in the checkpoint and %s in the export, and TensorFlow restores it without a word: "
                    "what the converter makes of that was not tried"
                )
                limits.append(words % (one["name"], one["train"], one["predict"]))
                return None
            shapes[one["name"]] = [size for size in shape if size is not None]
        return shapes

    def _described(self, tried: Attempt, check: dict[str, Any]) -> dict[str, Any]:
        built = _built()
        built.update(raised=tried.raised, train=check, stopped_at="export" if tried.raised else None)
        if tried.raised is None:
            built.update(ops=tried.ops(self.bodies, self.project, self.drawn), signatures=tried.signatures())
        return built

    def _unchecked(self, seen: Seen) -> dict[str, Any]:
        return _check(False, "the export stopped before any variable was restored", _site_of(seen.input_frames))

    def _trained(
        self, tried: Attempt, mends: list[mending.Mend], seen: Seen
    ) -> tuple[training.Trained, dict[str, Any]]:
        """TRAIN, and its check; with what applies the gradients only where it lacks or needs that."""
        change = mending.for_training(mends)
        train = training.train_graph(seen, change, self.project, self.seconds, applies=False)
        check = self._check(tried, train, seen)
        if train.raised or any(mismatch["respect"] == "name" for mismatch in check["mismatches"]):
            train = training.train_graph(seen, change, self.project, self.seconds)
            check = self._check(tried, train, seen)
        return train, check

    def _check(self, tried: Attempt, train: training.Trained, seen: Seen) -> dict[str, Any]:
        """TRAIN's variables against those that this try would restore."""
        where = self.project.of_callable(seen.input_fn) or _site_of(seen.input_frames)
        if tried.raised is not None:
            return self._unchecked(seen)
        if train.reason:
            return _check(False, train.reason, where)
        try:
            with tried.caught.graph.as_default():
                restored = training.saved_variables(tried.caught.restored_by, self.project)
        except training.NotComparable as error:
            return _check(False, str(error), where)
        found = training.mismatches(train.variables, restored)
        return dict(_check(True, "", where), mismatches=found, update_ops_run=train.update_ops_run)

    def _mend_variables(
        self, mends: list[mending.Mend], wrong: list[Any], tried: Attempt, train: training.Trained, seen: Seen
    ) -> list[mending.Mend]:
        """Feed training with the receiver's types, where variables differ in nothing else; else take them as alike."""
        if all(mismatch["respect"] == "dtype" for mismatch in wrong):
            place = train.wide or seen.input_frames
            more = [*mends, mending.train_dtype(tried, wrong[0], place, self.project)]
            _, left = self._trained(tried, more, seen)
            if left["done"] and not training.stopping(left["mismatches"]):
                return more
        return [*mends, mending.variables_alike(wrong, self.project)]

    def labels(self, seen: Seen) -> Any:
        """Placeholders like the labels of training; None where they cannot be had."""
        import tensorflow.compat.v1 as tf

        if seen not in self.labelled:
            self.labelled[seen] = None
            try:
                with at_most(self.seconds), tf.Graph().as_default():
                    _, given, _ = seen.estimator._get_features_and_labels_from_input_fn(seen.input_fn, "train")
                self.labelled[seen] = _specs(given)
            except (Exception, SystemExit, TimeIsUp):
                traceback.print_exc()
        with tf.name_scope(mending.LABELS + "/"):
            return _placeholders(self.labelled[seen])

    def _write(self, built: dict[str, Any], tried: Attempt, shapes: dict[str, list[int]]) -> None:
        """Write the SavedModel without weights, and TensorFlow's own answers beside it."""
        import pickle

        self.written += 1
        folder = os.path.join(self.scratch, "model%d" % self.written)
        saved = weightless.write(tried, os.path.join(folder, "saved"), shapes)
        answers = {}
        for signature in built["signatures"]:
            reaching = [tensor["key"] for tensor in signature["inputs"] if tensor["reaches_output"]]
            definition = tried.caught.signatures[signature["key"]]
            answers[signature["key"]] = reference.answers(saved.session, definition, reaching, saved.repeated)
        saved.session.close()
        with open(os.path.join(folder, "answers.pickle"), "wb") as out:
            pickle.dump(answers, out, protocol=4)
        built["saved"] = folder

    def input_features(self, seen: Seen) -> list[tuple[str, Any, Any]] | None:
        """Name, type and shape of each feature of training ("" for a bare tensor)."""
        import tensorflow.compat.v1 as tf
        from tensorflow.python.eager import context

        try:
            with at_most(self.seconds), context.graph_mode(), tf.Graph().as_default():
                features, _, _ = seen.estimator._get_features_and_labels_from_input_fn(seen.input_fn, "train")
        except (Exception, SystemExit, TimeIsUp):
            return None
        named = features if isinstance(features, dict) else {"": features}
        if not all(isinstance(tensor, tf.Tensor) for tensor in named.values()):
            return None
        return [(name, tensor.dtype, _known(tensor.shape)) for name, tensor in sorted(named.items())]


def _specs(labels: Any) -> Any:
    """Type and shape of labels, in a dict where they are one; None for what is no tensor."""
    if isinstance(labels, dict):
        return {key: _specs(one) for key, one in labels.items()}
    return (labels.dtype, labels.shape) if hasattr(labels, "dtype") else None


def _placeholders(specs: Any) -> Any:
    import tensorflow.compat.v1 as tf

    if isinstance(specs, dict):
        return {key: _placeholders(one) for key, one in specs.items()}
    return tf.placeholder(*specs) if specs is not None else None


def _known(shape: Any) -> Any:
    return None if shape.rank is None else shape.as_list()


def _built() -> dict[str, Any]:
    lists: dict[str, Any] = {"ops": [], "signatures": [], "results": []}
    return dict(lists, stopped_at=None, raised=None, train=None, saved=None)


def _check(done: bool, reason: str, input_fn: Frame | None) -> dict[str, Any]:
    return {"done": done, "reason": reason, "mismatches": [], "update_ops_run": None, "input_fn": input_fn}


def _site(seen: Seen) -> Frame | None:
    site = _site_of(seen.frames)
    return dict(site, function=type(seen.written).__name__) if site else None


def _site_of(frames: list[Frame]) -> Frame | None:
    return frames[-1] if frames else None
