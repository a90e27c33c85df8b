import numpy as np
import tensorflow as tf


def smooth(window):
    kernel = np.ones(3, np.float32) / 3
    return np.stack([np.convolve(row, kernel, "same") for row in window]).astype(np.float32)


def tick_fn(features, labels, mode):
    """1.x spelling throughout: needs the compat.v1 view on TensorFlow 2."""
    price = features["price"]
    smoothed = tf.py_func(smooth, [price], tf.float32)
    smoothed.set_shape(price.get_shape())
    up = tf.layers.dense(smoothed, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"up": up})
    loss = tf.losses.mean_squared_error(labels, up)
    op = tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def history():
    rng = np.random.RandomState(8)
    price = rng.randn(20, 8).astype(np.float32).cumsum(axis=1)
    dataset = tf.data.Dataset.from_tensor_slices(({"price": price}, price[:, -1:]))
    return dataset.repeat().batch(5).make_one_shot_iterator().get_next()


def exchange():
    price = tf.placeholder(tf.float32, [None, 8], name="price")
    return tf.estimator.export.ServingInputReceiver({"price": price}, {"price": price})


if __name__ == "__main__":
    tf.logging.set_verbosity(tf.logging.ERROR)
    ticks = tf.estimator.Estimator(tick_fn, "ticks")
    ticks.train(history, steps=3)
    ticks.export_savedmodel("ticks_out", exchange)
