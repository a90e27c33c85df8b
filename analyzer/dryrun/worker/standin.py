"""Puts the stand-in for the Estimator API where programs and the recorder look for tf.estimator."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

from .estimator import config, inputs, model, receivers, spec, training

LIBRARY = "tensorflow_estimator.python.estimator"
VIEWS = ("tensorflow", "tensorflow.compat.v1", "tensorflow.compat.v2", "tensorflow._api.v2.compat.v1")
"""Modules that programs know TensorFlow by: `tensorflow.compat.v1` is another one than the attribute of that name."""
HOOKS = (
    "CheckpointSaverHook CheckpointSaverListener FeedFnHook FinalOpsHook GlobalStepWaiterHook LoggingTensorHook "
    "NanLossDuringTrainingError NanTensorHook ProfilerHook SecondOrStepTimer SessionRunArgs SessionRunContext "
    "SessionRunHook SessionRunValues StepCounterHook StopAtStepHook SummarySaverHook VocabInfo WarmStartSettings"
).split()
OUTPUTS = ("ExportOutput", "ClassificationOutput", "RegressionOutput", "PredictOutput", "EvalOutput")


class Partial(types.ModuleType):
    """A module that says, of what it does not have, why."""

    def __getattr__(self, name: str) -> Any:
        lacks = "the stand-in for tf.estimator builds plain model_fns, and has no canned estimators and no heads"
        raise AttributeError("module %r has no attribute %r: %s" % (self.__name__, name, lacks))


def install() -> bool:
    """Give TensorFlow a tf.estimator where it has none; whether that was so."""
    import tensorflow

    if hasattr(tensorflow, "estimator"):
        return False
    api = _module("tensorflow.estimator", spec, config, training)
    api.Estimator = model.Estimator
    _take(api, tensorflow.compat.v1.train, HOOKS)
    api.inputs = _module("tensorflow.estimator.inputs", inputs)
    api.export = _module("tensorflow.estimator.export", receivers)
    _take(api.export, importlib.import_module("tensorflow.python.saved_model.model_utils.export_output"), OUTPUTS)
    for path, module in (("estimator", model), ("training", training), ("export.export", receivers)):
        sys.modules[LIBRARY + "." + path] = module
    for view in VIEWS:
        importlib.import_module(view).estimator = api  # type: ignore[attr-defined]
    return True


def _module(name: str, *sources: Any) -> Any:
    """A module with the public classes and functions that are defined in others."""
    made = Partial(name)
    for source in sources:
        own = {key: value for key, value in vars(source).items() if getattr(value, "__module__", "") == source.__name__}
        vars(made).update({key: value for key, value in own.items() if key[0] != "_" and key != "of"})
    sys.modules[name] = made
    return made


def _take(made: Any, source: Any, names: Any) -> None:
    for name in names:
        if hasattr(source, name):
            setattr(made, name, getattr(source, name))
