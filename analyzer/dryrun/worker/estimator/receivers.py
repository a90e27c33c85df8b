"""What a serving_input_receiver_fn returns, and the two makers of such functions."""

from __future__ import annotations

from collections import namedtuple
from typing import Any, Callable

_Fields: Any = namedtuple("_Fields", "features receiver_tensors receiver_tensors_alternatives")
ALONE = {"feature": "feature", "receiver_tensor": "input", "receiver_tensors_alternative": "input"}
"""The key of a tensor that is given alone."""


class ServingInputReceiver(_Fields):
    """Always hands a dict to model_fn, also where it was given a tensor."""

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> ServingInputReceiver:
        return _Fields.__new__(
            cls,
            _named(features, "feature", (str, int)),
            _named(receiver_tensors, "receiver_tensor"),
            _alternatives(receiver_tensors_alternatives),
        )


class TensorServingInputReceiver(_Fields):
    """Hands one tensor to model_fn."""

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> TensorServingInputReceiver:
        if features is None:
            raise ValueError("features must be defined.")
        _check(features, "")
        return _Fields.__new__(
            cls,
            features,
            _named(receiver_tensors, "receiver_tensor"),
            _alternatives(receiver_tensors_alternatives),
        )


def build_raw_serving_input_receiver_fn(
    features: dict[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """Placeholders like these tensors, fed directly."""

    def serving_input_receiver_fn() -> ServingInputReceiver:
        fed = {name: _placeholder(tensor, default_batch_size) for name, tensor in features.items()}
        return ServingInputReceiver(fed, fed)

    return serving_input_receiver_fn


def build_parsing_serving_input_receiver_fn(
    feature_spec: Any, default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """One placeholder for tf.Examples, parsed inside the exported graph."""

    def serving_input_receiver_fn() -> ServingInputReceiver:
        import tensorflow.compat.v1 as tf

        examples = tf.placeholder(tf.string, [default_batch_size], name="input_example_tensor")
        return ServingInputReceiver(tf.io.parse_example(examples, feature_spec), {"examples": examples})

    return serving_input_receiver_fn


def _placeholder(tensor: Any, batch: int | None) -> Any:
    import tensorflow.compat.v1 as tf

    shape = tf.TensorShape([batch]).concatenate(tensor.get_shape()[1:])
    symbolic = hasattr(tensor, "op") and not tf.executing_eagerly()
    return tf.placeholder(tensor.dtype, shape, name=tensor.op.name if symbolic else None)


def _named(tensors: Any, field: str, keys: Any = str) -> dict[Any, Any]:
    if tensors is None:
        raise ValueError("{}s must be defined.".format(field))
    given: dict[Any, Any] = tensors if isinstance(tensors, dict) else {ALONE[field]: tensors}
    for key, tensor in given.items():
        if not isinstance(key, keys):
            raise ValueError("{} keys must be strings: {}.".format(field, key))
        _check(tensor, " {}".format(key), field)
    return given


def _alternatives(given: Any) -> Any:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise ValueError("receiver_tensors_alternatives must be a dict: {}.".format(given))
    return {name: _named(tensors, "receiver_tensors_alternative") for name, tensors in given.items()}


def _check(tensor: Any, name: str, field: str = "feature") -> None:
    import tensorflow.compat.v1 as tf

    if not isinstance(tensor, (tf.Tensor, tf.SparseTensor, tf.RaggedTensor)):
        raise ValueError("{}{} must be a Tensor, SparseTensor, or RaggedTensor.".format(field, name))
