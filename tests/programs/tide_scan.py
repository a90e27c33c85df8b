import functools

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def level_after(level, wind, drag):
    return level * drag + tf.reduce_mean(wind, axis=1, keepdims=True)


def surge_fn(features, labels, mode, params):
    by_hour = tf.transpose(features["wind"], [1, 0, 2])
    calm = tf.zeros_like(by_hour[0, :, :1])
    step = functools.partial(level_after, drag=params["drag"])
    levels = tf.scan(step, by_hour, initializer=calm)
    surge = v1.layers.dense(levels[-1], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"surge": surge})
    loss = v1.losses.mean_squared_error(labels, surge)
    op = v1.train.GradientDescentOptimizer(0.05).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def storms():
    r = np.random.RandomState(5)
    return tf.data.Dataset.from_tensor_slices(
        ({"wind": r.rand(20, 4, 3).astype("float32")}, r.rand(20, 1).astype("float32"))).repeat().batch(5)


def barrier():
    wind = v1.placeholder(tf.float32, [None, 4, 3], "wind")
    return tf.estimator.export.ServingInputReceiver({"wind": wind}, {"wind": wind})


if __name__ == "__main__":
    est = tf.estimator.Estimator(surge_fn, "surge", params={"drag": 0.8})
    est.train(storms, steps=3)
    est.export_saved_model("surge_out", barrier)
