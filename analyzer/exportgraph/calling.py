"""Calls a model_fn as tf.estimator does: with the parameters it declares, in the mode that is asked for."""

from __future__ import annotations

from analyzer.exportgraph import unfollowed
from analyzer.exportgraph.entrypoints import EntryPoint, function_of
from analyzer.reading.interpreter import Interpreter
from analyzer.reading.record import Scope
from analyzer.reading.values import UNKNOWN, Arguments, Const, Env, Mapping, Partial, Unknown, Value


def call_model_fn(
    run: Interpreter, entry: EntryPoint, features: Value, labels: Value, mode: str, scope: Scope, env: Env
) -> Value:
    """What model_fn returns; a limit is recorded where it is no function of the project."""
    function = function_of(entry.model_fn)
    if function is None or entry.model_fn is None:
        run.record.limit(unfollowed.model_fn(entry.estimator))
        return UNKNOWN
    declared = [
        parameter.name for parameter in (*(function.node.args.posonlyargs or []), *(function.node.args.args or []))
    ]
    if function.bound is not None:
        declared = declared[1:]
    taken = len(entry.model_fn.arguments.positional) if isinstance(entry.model_fn, Partial) else 0
    declared = declared[taken:]
    given: dict[str, Value] = {"labels": labels, "mode": Const(mode)}
    given["params"] = _params(entry, mode)
    given["config"] = UNKNOWN
    keywords = {name: value for name, value in given.items() if name in declared[1:] or function.node.args.kwarg}
    if isinstance(entry.model_fn, Partial):
        keywords = {name: value for name, value in keywords.items() if name not in entry.model_fn.arguments.keywords}
    with run.within(scope):
        return run.call(entry.model_fn, Arguments((features,), keywords), function.node, env)


def _params(entry: EntryPoint, mode: str) -> Value:
    """params as model_fn gets them: a copy, empty where there are none; a TPUEstimator adds its batch size to train.

    Without it they are followed as "params": what is read of them that they lack is a use.
    """
    if entry.estimator is None:
        return Unknown()
    arguments = entry.estimator.arguments
    params = arguments.get("params", 3)
    if params is None and not arguments.open:
        params = Mapping({})
    if not isinstance(params, Mapping):
        return params or Unknown()
    entries = dict(params.entries)
    if not entry.estimator.name.endswith("TPUEstimator"):
        return Mapping(entries, params.complete, params.deps)
    if mode == "infer":
        return Mapping(entries, params.complete, params.deps, tag="params")
    entries["batch_size"] = arguments.get("train_batch_size") or UNKNOWN
    return Mapping(entries, params.complete, params.deps)
