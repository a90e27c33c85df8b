"""Estimators that train and export nothing: each call is recorded, and answered plausibly.

The patches sit on the base class and on what TensorFlow's own subclasses override; a user's override still runs.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from typing import Any, Callable, Dict

from .frames import Frame, Project

LIBRARY = "tensorflow_estimator.python.estimator"
EXPORTS = ("export_saved_model", "export_savedmodel", "experimental_export_all_saved_models")
RECEIVER_MAKERS = ("build_raw_serving_input_receiver_fn", "build_parsing_serving_input_receiver_fn")


class Seen:
    """One Estimator of the program and what was asked of it."""

    def __init__(self, estimator: Any, frames: list[Frame], written: Any) -> None:
        self.estimator = estimator
        self.frames = frames
        self.written = written
        """The estimator that the program made itself, where `add_metrics` made this one of it."""
        self.input_fn: Any = None
        self.input_frames: list[Frame] = []
        self.train_calls = 0
        self.exports = 0


class Export:
    """One export call: which function gives the receiver, or why there is none."""

    def __init__(self, seen: Seen, receiver_fn: Any, frames: list[Frame], serves: bool) -> None:
        self.seen = seen
        self.receiver_fn = receiver_fn
        self.frames = frames
        self.serves = serves


class Metrics(Dict[str, float]):
    """Evaluation results: any metric a program asks for."""

    def __missing__(self, key: str) -> float:
        return 0.5


class Recorder:
    """What the program did with its Estimators."""

    def __init__(self, project: Project, on_export: Callable[[Export], Any], folder: str) -> None:
        self.project = project
        self.on_export = on_export
        self.folder = folder
        self.watch: Any = None
        """Told of the folder that each export returned, and of the model in it."""
        self.seen: list[Seen] = []
        self.made: dict[int, tuple[Any, list[Frame]]] = {}
        """Receiver functions that TensorFlow made for the user, by identity, and where they were asked for."""
        self.bare: dict[int, tuple[Any, list[Frame]]] = {}
        """Receivers that were given a tensor where ServingInputReceiver wants a dict."""

    def of(self, estimator: Any) -> Seen:
        for seen in self.seen:
            if seen.estimator is estimator:
                return seen
        base = _extended(estimator)
        below = self.of(base) if base is not None else Seen(estimator, self.project.of_stack(), estimator)
        self.seen.append(Seen(estimator, below.frames, below.written))
        return self.seen[-1]

    def install(self) -> None:
        """Patch the installed tensorflow_estimator."""
        library = importlib.import_module(LIBRARY + ".estimator")
        training: Any = importlib.import_module(LIBRARY + ".training")
        export = importlib.import_module(LIBRARY + ".export.export")
        base = library.Estimator
        self._watch_construction(base)
        self._silence(base)
        recorder = self

        def run(executor: Any) -> tuple[Metrics, list[Any]]:
            return recorder._train_and_evaluate(executor._estimator, executor._train_spec, executor._eval_spec)

        training._TrainingExecutor.run = run
        for name in RECEIVER_MAKERS:
            self._watch_maker(getattr(export, name))
        self._watch_receiver(export.ServingInputReceiver)
        _forget_checkpoints()

    def _watch_construction(self, base: Any) -> None:
        original, recorder = base.__init__, self

        def __init__(estimator: Any, *args: Any, **kwargs: Any) -> None:
            original(estimator, *args, **kwargs)
            for owner in type(estimator).__mro__:
                if owner.__module__.startswith("tensorflow"):
                    recorder._silence(owner)
            recorder.of(estimator)

        __init__.__doc__, __init__.__wrapped__ = original.__doc__, original  # type: ignore[attr-defined]
        base.__init__ = __init__

    def _silence(self, owner: Any) -> None:
        """Replace what `owner` itself defines of training and exporting."""
        recorder = self

        def train(estimator: Any, input_fn: Any = None, *args: Any, **kwargs: Any) -> Any:
            recorder._trained(recorder.of(estimator), input_fn)
            return estimator

        def evaluate(estimator: Any, *args: Any, **kwargs: Any) -> Metrics:
            return Metrics(loss=0.5, global_step=1)

        def predict(estimator: Any, *args: Any, **kwargs: Any) -> Any:
            return iter(())

        def latest_checkpoint(estimator: Any) -> str:
            return os.path.join(str(estimator.model_dir), "model.ckpt-1")

        silent: dict[str, Any] = {
            "train": train,
            "evaluate": evaluate,
            "predict": predict,
            "latest_checkpoint": latest_checkpoint,
        }
        silent.update((name, _export_method(recorder, name)) for name in EXPORTS)
        for name, replacement in silent.items():
            if name in vars(owner) and not hasattr(vars(owner)[name], "recorded"):
                replacement.recorded = True
                setattr(owner, name, replacement)

    def _trained(self, seen: Seen, input_fn: Any) -> None:
        seen.train_calls += 1
        if seen.input_fn is None and input_fn is not None:
            seen.input_fn, seen.input_frames = input_fn, self.project.of_stack()

    def _train_and_evaluate(self, estimator: Any, train_spec: Any, eval_spec: Any) -> tuple[Metrics, list[Any]]:
        self._trained(self.of(estimator), train_spec.input_fn)
        results = []
        for exporter in eval_spec.exporters if eval_spec is not None else ():
            path = os.path.join(str(estimator.model_dir), "export", exporter.name)
            checkpoint = os.path.join(str(estimator.model_dir), "model.ckpt-1")
            results.append(exporter.export(estimator, path, checkpoint, Metrics(loss=0.5, global_step=1), True))
        return Metrics(loss=0.5, global_step=1), results

    def exported(self, estimator: Any, base: Any, receiver_fn: Any, serves: bool) -> bytes:
        """Record an export; the path of a folder as the call would make one, with the model that was built."""
        seen = self.of(estimator)
        seen.exports += 1
        model = self.on_export(Export(seen, receiver_fn, self.project.of_stack(), serves))
        folder = self._base(base)
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "%010d" % (1500000000 + seen.exports + len(os.listdir(folder))))
        saved = _saved_model(model)
        if saved is None:
            os.mkdir(path)
        else:
            shutil.copytree(saved, path)
        if model is not None and self.watch is not None:
            self.watch.exports[os.path.realpath(path)] = model
        return path.encode()

    def _base(self, asked: Any) -> str:
        """The folder that the program wants its exports in, where that lies in the scratch folder."""
        if not isinstance(asked, (str, bytes, os.PathLike)):
            return self.folder
        path = os.path.realpath(os.fsdecode(asked))
        scratch = os.path.dirname(os.path.realpath(self.folder))
        return path if path.startswith((scratch + os.sep, os.path.realpath(os.curdir) + os.sep)) else self.folder

    def _watch_maker(self, original: Any) -> None:
        recorder = self

        def make(*args: Any, **kwargs: Any) -> Any:
            receiver_fn = original(*args, **kwargs)
            recorder.made[id(receiver_fn)] = (receiver_fn, recorder.project.of_stack())
            return receiver_fn

        make.__name__, make.__doc__ = original.__name__, original.__doc__
        called: str = original.__name__
        for name, module in list(sys.modules.items()):
            if "estimator" in name and vars(module).get(called) is original:
                setattr(module, called, make)

    def _watch_receiver(self, receiver: Any) -> None:
        original, recorder = receiver.__new__, self

        def __new__(cls: Any, features: Any = None, *args: Any, **kwargs: Any) -> Any:
            made = original(cls, features, *args, **kwargs)
            if hasattr(features, "dtype"):
                recorder.bare[id(made)] = (made, recorder.project.of_stack())
            return made

        receiver.__new__ = __new__


def _extended(estimator: Any) -> Any:
    """The estimator that a function of TensorFlow's, as `add_metrics`, made this one of; None for any other."""
    model_fn = estimator._model_fn
    if not (getattr(model_fn, "__module__", None) or "").startswith("tensorflow"):
        return None
    library = importlib.import_module(LIBRARY + ".estimator")
    held = [cell.cell_contents for cell in getattr(model_fn, "__closure__", None) or ()]
    return next((one for one in held if isinstance(one, library.Estimator)), None)


def _export_method(recorder: Recorder, name: str) -> Callable[..., bytes]:
    if name == "experimental_export_all_saved_models":

        def export_all(
            estimator: Any, base: Any = None, input_receiver_fn_map: Any = None, *rest: Any, **more: Any
        ) -> bytes:
            receiver_fn = input_receiver_fn_map.get("infer")
            return recorder.exported(estimator, base, receiver_fn, receiver_fn is not None)

        return export_all

    def export_one(
        estimator: Any, export_dir_base: Any, serving_input_receiver_fn: Any = None, *rest: Any, **more: Any
    ) -> bytes:
        mode = more.get("experimental_mode", rest[3] if name == "export_saved_model" and len(rest) > 3 else "infer")
        return recorder.exported(estimator, export_dir_base, serving_input_receiver_fn, mode == "infer")

    return export_one


def _saved_model(model: Any) -> str | None:
    """The SavedModel that was written for a model, as it stands or mended."""
    builds = [model["as_written"], model["mended"]] if model is not None else []
    written = [built["saved"] for built in builds if built is not None and built["saved"]]
    return os.path.join(written[0], "saved") if written else None


def _forget_checkpoints() -> None:
    """Weights come from nowhere here: nothing is read to initialize them, and a checkpoint need not be there."""
    import tensorflow

    train = tensorflow.compat.v1.train
    listed = train.list_variables

    def init_from_checkpoint(ckpt_dir_or_file: Any, assignment_map: Any) -> None:
        return None

    def list_variables(ckpt_dir_or_file: Any) -> Any:
        path = str(ckpt_dir_or_file)
        # Asking for one in a bucket takes minutes where there is no network.
        there = "://" not in path and train.checkpoint_exists(train.latest_checkpoint(path) or path)
        return listed(ckpt_dir_or_file) if there or not ckpt_dir_or_file else []

    for module in (train, tensorflow.train):
        module.list_variables = list_variables
    train.init_from_checkpoint = init_from_checkpoint
    if tensorflow.__version__.startswith("1."):
        tensorflow.train.init_from_checkpoint = init_from_checkpoint
