"""The Estimator: what a dry run needs of it, with the steps of the real export up to the SavedModel."""

from __future__ import annotations

import copy
from typing import Any

from .config import of
from .spec import EstimatorSpec

ARGUMENTS = {"features", "labels", "mode", "params", "config", "self"}


class Estimator:
    """Calls input_fn and model_fn as the real one does. `train` and the rest are the recorder's."""

    def __init__(
        self, model_fn: Any, model_dir: Any = None, config: Any = None, params: Any = None, warm_start_from: Any = None
    ) -> None:
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        self._config = of(config, model_dir)
        self._device_fn = self._config.device_fn
        _verify(model_fn, params)
        self._model_fn = model_fn
        self._params = copy.deepcopy(params or {})

    @property
    def model_dir(self) -> Any:
        return self._config.model_dir

    @property
    def config(self) -> Any:
        return copy.deepcopy(self._config)

    @property
    def params(self) -> Any:
        return copy.deepcopy(self._params)

    @property
    def model_fn(self) -> Any:
        def public_model_fn(features: Any, labels: Any, mode: Any, config: Any) -> Any:
            return self._call_model_fn(features, labels, mode, config)

        return public_model_fn

    def get_variable_names(self) -> list[str]:
        return []

    def eval_dir(self, name: str | None = None) -> str:
        return "{}/{}".format(self.model_dir, "eval" if not name else "eval_" + name)

    def _create_and_assert_global_step(self, graph: Any) -> Any:
        import tensorflow.compat.v1 as tf

        return tf.train.create_global_step(graph)

    def _get_features_and_labels_from_input_fn(self, input_fn: Any, mode: str) -> Any:
        import tensorflow.compat.v1 as tf

        offered = {"mode": mode, "params": self.params, "config": self.config}
        with tf.device("/cpu:0"):
            result = input_fn(**_taken(input_fn, offered))
        if isinstance(result, (tf.data.Dataset, tf.compat.v2.data.Dataset)):
            result = tf.data.make_initializable_iterator(result).get_next()
        if not isinstance(result, (list, tuple)):
            return result, None, []
        if len(result) != 2:
            raise ValueError("input_fn should return (features, labels) as a len 2 tuple.")
        return result[0], result[1], []

    def _call_model_fn(self, features: Any, labels: Any, mode: Any, config: Any) -> Any:
        offered = {"labels": labels, "mode": mode, "params": self.params, "config": config}
        taken = _taken(self._model_fn, offered)
        if labels is not None and "labels" not in taken:
            raise ValueError("model_fn does not take labels, but input_fn returns labels.")
        made = self._model_fn(features=features, **taken)
        if not isinstance(made, EstimatorSpec):
            raise ValueError("model_fn should return an EstimatorSpec.")
        return made

    def _add_meta_graph_for_mode(
        self, builder: Any, receivers: dict[str, Any], checkpoint: Any, mode: str = "infer", **settings: Any
    ) -> None:
        """The PREDICT graph and its SignatureDefs, handed to `builder`; nothing is restored."""
        import tensorflow.compat.v1 as tf
        from tensorflow.python.saved_model import model_utils

        with tf.Graph().as_default() as graph:
            self._create_and_assert_global_step(graph)
            tf.random.set_random_seed(self._config.tf_random_seed)
            receiver = receivers[mode]()
            made = self._call_model_fn(receiver.features, getattr(receiver, "labels", None), mode, self.config)
            outputs = model_utils.export_outputs_for_mode(
                made.mode, made.export_outputs, made.predictions, made.loss, made.eval_metric_ops
            )
            signatures = model_utils.build_all_signature_defs(
                receiver.receiver_tensors,
                outputs,
                getattr(receiver, "receiver_tensors_alternatives", None),
                serving_only=mode == "infer",
            )
            local = made.scaffold.local_init_op
            builder.add_meta_graph(
                model_utils.EXPORT_TAG_MAP[mode],
                signature_def_map=signatures,
                assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
                main_op=local if local is not None else tf.train.Scaffold.default_local_init_op(),
                saver=made.scaffold.saver or tf.train.Saver(sharded=True),
            )


def _silenced(estimator: Any, *args: Any, **kwargs: Any) -> Any:
    """Stands where the recorder puts its own."""
    raise NotImplementedError("a dry run trains and exports nothing")


for _name in (
    "train evaluate predict latest_checkpoint export_saved_model export_savedmodel experimental_export_all_saved_models"
).split():
    setattr(Estimator, _name, _silenced)


def _arguments(function: Any) -> set[str]:
    from tensorflow.python.util import function_utils

    return set(function_utils.fn_args(function))


def _taken(function: Any, offered: dict[str, Any]) -> dict[str, Any]:
    """Of what can be given to a function, what it has arguments for."""
    return {name: offered[name] for name in offered if name in _arguments(function)}


def _verify(model_fn: Any, params: Any) -> None:
    arguments = _arguments(model_fn)
    if "features" not in arguments:
        raise ValueError("model_fn ({}) must include features argument.".format(model_fn))
    if params is not None and "params" not in arguments:
        words = "model_fn ({}) does not include params argument, but params ({}) is passed to Estimator."
        raise ValueError(words.format(model_fn, params))
    if arguments - ARGUMENTS:
        raise ValueError(
            "model_fn ({}) has following not expected args: {}".format(model_fn, sorted(arguments - ARGUMENTS))
        )
