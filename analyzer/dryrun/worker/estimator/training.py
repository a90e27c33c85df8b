"""train_and_evaluate and what it is told: the recorder takes the place of the executor."""

from __future__ import annotations

from collections import namedtuple
from typing import Any


class TrainSpec(namedtuple("TrainSpec", "input_fn max_steps hooks saving_listeners")):
    def __new__(
        cls, input_fn: Any, max_steps: Any = None, hooks: Any = None, saving_listeners: Any = None
    ) -> TrainSpec:
        return super().__new__(cls, _callable(input_fn), max_steps, tuple(hooks or ()), tuple(saving_listeners or ()))


class EvalSpec(namedtuple("EvalSpec", "input_fn steps name hooks exporters start_delay_secs throttle_secs")):
    def __new__(
        cls,
        input_fn: Any,
        steps: Any = 100,
        name: Any = None,
        hooks: Any = None,
        exporters: Any = None,
        start_delay_secs: Any = 120,
        throttle_secs: Any = 600,
    ) -> EvalSpec:
        listed = (exporters,) if isinstance(exporters, Exporter) else tuple(exporters or ())
        hooks = tuple(hooks or ())
        return super().__new__(cls, _callable(input_fn), steps, name, hooks, listed, start_delay_secs, throttle_secs)


def _callable(input_fn: Any) -> Any:
    if not callable(input_fn):
        raise TypeError("`input_fn` must be callable, given: {}".format(input_fn))
    return input_fn


class Exporter:
    """Exports by the Estimator's own method, as every exporter comes down to."""

    def __init__(self, name: str, serving_input_receiver_fn: Any = None, *args: Any, **kwargs: Any) -> None:
        self.name = name
        self._receiver_fn = serving_input_receiver_fn

    def export(self, estimator: Any, path: Any, checkpoint: Any, results: Any, is_final: bool) -> Any:
        return estimator.export_saved_model(path, self._receiver_fn)


class FinalExporter(Exporter):
    pass


class LatestExporter(Exporter):
    pass


class BestExporter(Exporter):
    def __init__(self, name: str = "best_exporter", *args: Any, **kwargs: Any) -> None:
        Exporter.__init__(self, name, *args, **kwargs)


class _TrainingExecutor:
    def __init__(self, estimator: Any, train_spec: Any, eval_spec: Any) -> None:
        self._estimator, self._train_spec, self._eval_spec = estimator, train_spec, eval_spec


def train_and_evaluate(estimator: Any, train_spec: Any, eval_spec: Any) -> Any:
    executor: Any = _TrainingExecutor(estimator, train_spec, eval_spec)
    return executor.run()
