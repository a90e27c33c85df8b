"""What a model_fn returns, held to the rules of the real one."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

OTHER_GRAPH = "%s with name %s must be from the default graph. Possible causes: it was created outside of model_fn"


class ModeKeys:
    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"


_Fields: Any = namedtuple(
    "_Fields",
    "mode predictions loss train_op eval_metric_ops export_outputs training_chief_hooks training_hooks scaffold "
    "evaluation_hooks prediction_hooks",
)


class EstimatorSpec(_Fields):
    """Validates what it is given as the real one does, as far as an export can depend on it."""

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: Any = None,
        export_outputs: Any = None,
        training_chief_hooks: Any = None,
        training_hooks: Any = None,
        scaffold: Any = None,
        evaluation_hooks: Any = None,
        prediction_hooks: Any = None,
    ) -> EstimatorSpec:
        import tensorflow.compat.v1 as tf
        from tensorflow.python.saved_model.model_utils import get_export_outputs

        predictions = _predictions(mode, predictions)
        if mode == ModeKeys.PREDICT:
            export_outputs = get_export_outputs(export_outputs, predictions)
        if scaffold is not None and not isinstance(scaffold, tf.train.Scaffold):
            raise TypeError("scaffold must be tf.train.Scaffold. Given: {}".format(scaffold))
        return _Fields.__new__(
            cls,
            mode,
            predictions,
            _loss(mode, loss),
            _train_op(mode, train_op),
            dict(eval_metric_ops or {}),
            export_outputs,
            _hooks(training_chief_hooks),
            _hooks(training_hooks),
            scaffold or tf.train.Scaffold(),
            _hooks(evaluation_hooks),
            _hooks(prediction_hooks),
        )


def _predictions(mode: str, predictions: Any) -> Any:
    if predictions is None:
        if mode == ModeKeys.PREDICT:
            raise ValueError("Missing predictions.")
        return {}
    if not isinstance(predictions, dict):
        return _tensor(predictions, "predictions")
    return {key: _tensor(value, "predictions[{}]".format(key)) for key, value in predictions.items()}


def _loss(mode: str, loss: Any) -> Any:
    import tensorflow.compat.v1 as tf

    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError("Missing loss.")
        return None
    loss = _tensor(loss, "loss")
    if loss.shape.num_elements() not in (None, 1):
        raise ValueError("Loss must be scalar, given: {}".format(loss))
    return loss if loss.shape.is_compatible_with([]) else tf.reshape(loss, [])


def _train_op(mode: str, train_op: Any) -> Any:
    import tensorflow.compat.v1 as tf

    if train_op is None and mode == ModeKeys.TRAIN:
        raise ValueError("Missing train_op.")
    if train_op is None or isinstance(train_op, tf.Operation):
        return train_op
    if isinstance(train_op, tf.Variable):
        return train_op.op
    return _tensor(train_op, "train_op", "{} must be Operation or Tensor, given: {}")


def _tensor(value: Any, name: str, words: str = "{} must be Tensor, given: {}") -> Any:
    import tensorflow.compat.v1 as tf

    if isinstance(value, tf.Variable):
        value = tf.convert_to_tensor(value)
    if not tf.is_tensor(value):
        raise TypeError(words.format(name, value))
    if isinstance(value, tf.Tensor) and value.graph is not tf.get_default_graph():
        raise ValueError(OTHER_GRAPH % (name, value.name))
    return value


def _hooks(hooks: Any) -> tuple[Any, ...]:
    import tensorflow.compat.v1 as tf

    listed = tuple(hooks or ())
    for hook in listed:
        if not isinstance(hook, tf.train.SessionRunHook):
            raise TypeError("All hooks must be SessionRunHook instances, given: {}".format(hook))
    return listed
