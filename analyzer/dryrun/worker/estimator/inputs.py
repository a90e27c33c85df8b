"""tf.estimator.inputs: arrays as batches of tensors. No dry run iterates them."""

from __future__ import annotations

from typing import Any, Callable


def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: Any = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """Batches of arrays, of a dict of arrays, with labels where there are any."""
    if not isinstance(shuffle, bool):
        raise ValueError("shuffle must be provided and explicitly set as boolean (it is recommended to set it as True)")

    def input_fn() -> Any:
        import tensorflow.compat.v1 as tf

        rows = tf.data.Dataset.from_tensor_slices(x if y is None else (x, y)).repeat(num_epochs).batch(batch_size)
        return tf.data.make_one_shot_iterator(rows).get_next()

    return input_fn


def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: Any = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """Batches of the columns of a frame."""
    columns = {name: x[name].values for name in x.columns}
    labels = None if y is None else y.values if hasattr(y, "values") else y
    return numpy_input_fn(columns, labels, batch_size, num_epochs, shuffle, queue_capacity, num_threads)
