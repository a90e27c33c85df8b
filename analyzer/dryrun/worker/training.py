"""The checkpoint that training would leave, without training: which variables TRAIN makes, by the names it saves."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Iterator

from .frames import Frame, Project, raised
from .graphs import ancestors
from .limits import TimeIsUp, at_most

IN_C = {"float64": "double", "float32": "float", "float16": "half"}


class Variable:
    """A variable as a saver knows it."""

    def __init__(
        self, name: str, dtype: str, shape: list[int | None] | None, frames: list[Frame], checked: bool = True
    ) -> None:
        self.name = name
        self.checked = checked
        """Whether restoring compares its shape with the checkpoint's: TensorFlow 2 does not, for a resource."""
        self.dtype = dtype
        self.shape = shape
        self.frames = frames


class Trained:
    """The TRAIN graph's variables, or why they are not known."""

    def __init__(self) -> None:
        self.reason = ""
        self.raised: dict[str, Any] | None = None
        self.variables: dict[str, Variable] = {}
        self.update_ops_run: bool | None = None
        self.wide: list[Frame] = []
        """Where the input pipeline first makes a tensor of the type that `wide_type` names."""


class NotComparable(Exception):
    """Variables that are saved in another way than by name."""


def train_graph(
    seen: Any, change: Callable[[Any], Any], project: Project, seconds: float, applies: bool = True
) -> Trained:
    """Build TRAIN as `Estimator.train` does, up to the session; `change` is applied to the features.

    `applies`: with what an optimizer makes to apply its gradients, its slots among it: half of a large model's graph.
    """
    import tensorflow.compat.v1 as tf
    from tensorflow.python.eager import context

    trained = Trained()
    if seen.input_fn is None:
        trained.reason = "no call of train was seen"
        return trained
    estimator = seen.estimator
    try:
        with at_most(seconds), context.graph_mode(), _graph_of(estimator) as graph:
            tf.random.set_random_seed(estimator.config.tf_random_seed)
            estimator._create_and_assert_global_step(graph)
            with _step(trained, "input_fn"):
                features, labels, _ = estimator._get_features_and_labels_from_input_fn(seen.input_fn, "train")
            trained.wide = _first_of(graph, "float64", project)
            with _step(trained, "model_fn in TRAIN mode"), _no_gradients(graph), _applied(applies):
                spec = estimator._call_model_fn(change(features), labels, "train", estimator.config)
            trained.variables = saved_variables(spec.scaffold.saver if spec.scaffold else None, project)
            trained.update_ops_run = _update_ops_run(graph, [spec.train_op, spec.loss])
            trained.reason = ""
    except TimeIsUp:
        trained.reason += " took longer than %d s" % seconds
    except NotComparable as error:
        trained.reason = str(error)
    except (Exception, SystemExit) as error:
        trained.raised = raised(error, project)
        trained.reason += " raised " + project.sentence(trained.raised)
    return trained


@contextlib.contextmanager
def _graph_of(estimator: Any) -> Iterator[Any]:
    import tensorflow.compat.v1 as tf

    with tf.Graph().as_default() as graph, graph.device(estimator._device_fn):
        yield graph


@contextlib.contextmanager
def _no_gradients(graph: Any) -> Iterator[None]:
    """Gradients are zeros that wait for the loss: most of a TRAIN graph, and no variable hangs on their values."""
    import tensorflow.compat.v1 as tf
    from tensorflow.python.ops import gradients_util

    def zeros(ys: Any, xs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        known = {id(one.handle): one for one in graph.get_collection("variables") if hasattr(one, "handle")}
        listed = list(xs) if isinstance(xs, (list, tuple)) else [xs]
        losses = list(ys) if isinstance(ys, (list, tuple)) else [ys]
        with tf.control_dependencies([loss for loss in losses if loss is not None]):
            return [_zeros(known.get(id(one), one)) for one in listed]

    original = gradients_util._GradientsHelper
    gradients_util._GradientsHelper = zeros
    try:
        yield
    finally:
        gradients_util._GradientsHelper = original


@contextlib.contextmanager
def _applied(applies: bool) -> Iterator[None]:
    """Gradients are applied, or just waited for."""
    import tensorflow.compat.v1 as tf

    original = tf.train.Optimizer.apply_gradients

    def wait(optimizer: Any, grads_and_vars: Any, global_step: Any = None, name: Any = None) -> Any:
        pairs = list(grads_and_vars)
        gradients = [gradient for gradient, _ in pairs if gradient is not None]
        if not gradients:
            return original(optimizer, pairs, global_step, name)
        with tf.control_dependencies(gradients):
            return tf.no_op(name)

    tf.train.Optimizer.apply_gradients = original if applies else wait
    try:
        yield
    finally:
        tf.train.Optimizer.apply_gradients = original


def _zeros(one: Any) -> Any:
    import tensorflow.compat.v1 as tf

    dtype = one.dtype.base_dtype
    return tf.zeros(one.shape, dtype) if one.shape.is_fully_defined() else tf.zeros_like(one, dtype)


class _step:
    """Names the step, for a reason when it fails."""

    def __init__(self, trained: Trained, name: str) -> None:
        self.trained, self.name = trained, name

    def __enter__(self) -> None:
        self.trained.reason = self.name

    def __exit__(self, *failure: Any) -> None:
        return None


def _first_of(graph: Any, dtype: str, project: Project) -> list[Frame]:
    for op in graph.get_operations():
        if any(tensor.dtype.name == dtype for tensor in op.outputs) and project.of_op(op):
            return project.of_op(op)
    return []


def _update_ops_run(graph: Any, trained: list[Any]) -> bool | None:
    """Whether a training step runs UPDATE_OPS and what Keras's layers do instead; it runs train_op and the loss."""
    import tensorflow.compat.v1 as tf

    updates = [*graph.get_collection(tf.GraphKeys.UPDATE_OPS), *_moves_averages(graph)]
    if not updates:
        return None
    run = ancestors([getattr(one, "op", one) for one in trained if one is not None])
    return all(getattr(update, "op", update) in run for update in updates)


def _moves_averages(graph: Any) -> list[Any]:
    """The ops that move the averages of batch normalization: Keras leaves them out of the collection."""
    found = []
    for op in graph.get_operations():
        if op.type.startswith("Assign") and op.inputs:
            name = op.inputs[0].op.name
            if name.endswith(("/moving_mean", "/moving_variance")) and op.name != name + "/Assign":
                found.append(op)
    return found


def saved_variables(saver: Any, project: Project) -> dict[str, Variable]:
    """What a saver (None: the default one) saves or restores in the default graph, by the names it uses."""
    from tensorflow.python.ops import variables as library

    if saver is not None and not hasattr(saver, "_var_list"):
        raise NotComparable("the Scaffold saves objects, not variables by name")
    listed = saver._var_list if saver is not None and saver._var_list is not None else library._all_saveable_objects()
    if not isinstance(listed, dict):
        listed = {_saved_name(one): one for one in listed}
    return {name: _variable(name, one, project) for name, one in listed.items()}


def _saved_name(one: Any) -> str:
    slice_info = getattr(one, "_save_slice_info", None)
    if slice_info is not None:
        return str(slice_info.full_name)
    return str(one.op.name if hasattr(one.op, "name") else one.name)


def _variable(name: str, one: Any, project: Project) -> Variable:
    if isinstance(one, (list, tuple)) or (hasattr(one, "__iter__") and hasattr(one, "partitions")):
        one = next(iter(one))
    slice_info = getattr(one, "_save_slice_info", None)
    if slice_info is not None:
        return Variable(name, one.dtype.base_dtype.name, list(slice_info.full_shape), project.of_op(one.op))
    if not hasattr(one, "shape"):
        return Variable(name, "", None, [])
    import tensorflow as tf

    shape = one.shape.as_list() if one.shape.rank is not None else None
    checked = one.op.type != "VarHandleOp" or tf.__version__.startswith("1.")
    return Variable(name, one.dtype.base_dtype.name, shape, project.of_op(one.op), checked)


def mismatches(train: dict[str, Variable], predict: dict[str, Variable]) -> list[dict[str, Any]]:
    """PREDICT's variables that a checkpoint of TRAIN's would not restore."""
    found = []
    for name, wanted in sorted(predict.items()):
        have = train.get(name)
        if have is None:
            found.append(_mismatch(wanted, "name", "", name))
        elif have.dtype != wanted.dtype:
            found.append(_mismatch(wanted, "dtype", have.dtype, wanted.dtype))
        elif have.shape is not None and wanted.shape is not None and have.shape != wanted.shape:
            found.append(dict(_mismatch(wanted, "shape", str(have.shape), str(wanted.shape)), stops=wanted.checked))
        elif have.frames and wanted.frames and have.frames[-1] != wanted.frames[-1]:
            lines = ["line %d" % one.frames[-1]["line"] for one in (have, wanted)]
            found.append(dict(_mismatch(wanted, "place", *lines), stops=False))
    return found


def stopping(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those at which restoring the checkpoint dies."""
    return [mismatch for mismatch in found if mismatch["stops"]]


def _mismatch(variable: Variable, respect: str, train: str, predict: str) -> dict[str, Any]:
    where = {"name": variable.name, "respect": respect, "frames": variable.frames}
    return dict(where, train=train, predict=predict, stops=True)


def as_restoring_raises(mismatch: dict[str, Any], export: list[Frame]) -> dict[str, Any]:
    """What the real export says when it restores the checkpoint."""
    name, train, predict = (mismatch[key] for key in ("name", "train", "predict"))
    kind = "InvalidArgumentError"
    if mismatch["respect"] == "name":
        kind = "ValueError"
        words = "Could not load all requested variables from checkpoint: Key %s not found in checkpoint" % name
    elif mismatch["respect"] == "dtype":
        types = (name, IN_C.get(predict, predict), IN_C.get(train, train))
        words = "tensor_name = %s; expected dtype %s does not equal original dtype %s" % types
    else:
        words = "Assign requires shapes of both tensors to match: %s is %s in the checkpoint and %s in the export"
        words = words % (name, train, predict)
    return {"type": kind, "words": words, "frames": mismatch["frames"] or export}
