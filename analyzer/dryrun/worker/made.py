"""Models that a function of the program makes: a builder of a model_fn, of an Estimator, or all of a training script.

Arguments are constants, and tables with `_target_`, the dotted name of what is called to make the argument; its other
keys are the arguments of that, as in Hydra's configurations.
"""

from __future__ import annotations

import importlib
from typing import Any, Callable, Dict

from .frames import undecorated
from .recording import Seen

TARGET = "_target_"


class Unreachable(Exception):
    """An entry point that cannot be had, with the reason."""


class Unimportable(Unreachable):
    """An entry point in a module that cannot be imported: no configuration mends that."""


class Params(Dict[str, Any]):
    """Hyperparameters of the configuration, read as `params["x"]` or as `params.x`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def call(build: Any, name: str, maker: Callable[..., Any], arguments: dict[str, Any], params: Any) -> Seen | None:
    """The Estimator that `maker` makes, or one of the model_fn that it makes; None where it exported one itself."""
    before, exported = len(build.recorder.seen), len(build.done)
    given, raised, result = value(arguments), None, None
    try:
        result = maker(**given)
    except (Exception, SystemExit) as error:
        raised = "%s(...) raised %s" % (name, _sentence(error))
    if len(build.done) > exported:
        return None
    new: list[Seen] = build.recorder.seen[before:]
    returned: list[Seen] = [seen for seen in build.recorder.seen if seen.estimator is result]
    if returned or new:
        return (returned or new)[-1]
    if raised is not None:
        raise Unreachable(raised)
    if not callable(result):
        raise Unreachable("%s(...) returns no model_fn, and makes no Estimator" % name)
    return estimator_of(build, name, result, params)


def estimator_of(build: Any, name: str, model_fn: Any, params: Any) -> Seen:
    """A new Estimator of a model_fn, with `params` where it takes some."""
    import tensorflow.compat.v1 as tf

    code = getattr(undecorated(model_fn), "__code__", None)
    takes_params = code is None or "params" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    try:
        estimator = tf.estimator.Estimator(_plain(model_fn), params=params if takes_params else None)
    except (Exception, SystemExit) as error:
        raise Unreachable("Estimator(%s) raised %s" % (name, _sentence(error))) from error
    seen: Seen = build.recorder.of(estimator)
    return seen


def _plain(model_fn: Any) -> Any:
    """A model_fn that may have been written for a TPUEstimator, for one that is none: what that does off TPU."""
    from tensorflow.python.util import tf_decorator

    def call(*args: Any, **kwargs: Any) -> Any:
        spec = model_fn(*args, **kwargs)
        return spec.as_estimator_spec() if hasattr(spec, "as_estimator_spec") else spec

    return tf_decorator.make_decorator(model_fn, call)


def value(told: Any) -> Any:
    """What configuration tells, its calls made. Raises Unreachable."""
    if isinstance(told, list):
        return [value(one) for one in told]
    if not isinstance(told, dict):
        return told
    arguments = {key: value(one) for key, one in told.items() if key != TARGET}
    if TARGET not in told:
        return Params(arguments)
    try:
        return _target(told[TARGET])(**arguments)
    except (Exception, SystemExit) as error:
        raise Unreachable("%s(...) raised %s" % (told[TARGET], _sentence(error))) from error


def _target(dotted: str) -> Any:
    """The class or function of a dotted name."""
    path, *names = dotted.split(".")
    found: Any = importlib.import_module(path)
    for name in names:
        path += "." + name
        found = getattr(found, name) if hasattr(found, name) else importlib.import_module(path)
    return found


def _sentence(error: BaseException) -> str:
    return "%s: %s" % (type(error).__name__, " ".join(str(error).split())[:300])
