"""Receiver keys may differ from feature keys: here they do on purpose, and one feature is simply forgotten."""
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
KEYS = ("cars", "wind")


def ferry_fn(features, labels, mode):
    inputs = [features[key] for key in KEYS]
    late = v1.layers.dense(tf.concat(inputs, axis=-1), units=1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"late": late})
    loss = v1.losses.mean_squared_error(labels=labels, predictions=late)
    op = v1.train.GradientDescentOptimizer(0.1).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def crossings():
    r = np.random.RandomState(3)
    return tf.data.Dataset.from_tensor_slices(
        ({k: r.rand(12, 1).astype("float32") for k in KEYS}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def pier():
    cars = v1.placeholder(tf.float32, [None, 1], name="vehicles")
    return tf.estimator.export.ServingInputReceiver({"cars": cars}, {"vehicles": cars})


est = tf.estimator.Estimator(ferry_fn, "ferry")
est.train(crossings, steps=3)
est.export_saved_model("ferry_out", pier)
