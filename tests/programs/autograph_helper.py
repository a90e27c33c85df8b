import numpy as np
import tensorflow as tf


@tf.function
def iterate(x, times):
    total = tf.zeros_like(x)
    for i in tf.range(times):
        total += x / tf.cast(i + 1, tf.float32)
    return total


def series_fn(features, labels, mode):
    x = iterate(features["term"], 4)
    y = tf.compat.v1.layers.dense(x, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    loss = tf.compat.v1.losses.mean_squared_error(labels, y)
    op = tf.compat.v1.train.GradientDescentOptimizer(0.01).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def terms():
    r = np.random.RandomState(10)
    return tf.data.Dataset.from_tensor_slices(
        ({"term": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def abacus():
    term = tf.compat.v1.placeholder(tf.float32, [None, 2], name="term")
    return tf.estimator.export.ServingInputReceiver({"term": term}, {"term": term})


if __name__ == "__main__":
    est = tf.estimator.Estimator(series_fn, "series")
    est.train(terms, steps=3)
    est.export_saved_model("series_out", abacus)
