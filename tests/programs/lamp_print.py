import numpy as np
import tensorflow as tf


def lamp_fn(features, labels, mode):
    lux = tf.compat.v1.layers.dense(features["hours"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        with tf.control_dependencies([tf.print("lux", lux)]):
            lux = tf.identity(lux)
        return tf.estimator.EstimatorSpec(mode, predictions={"lux": lux})
    loss = tf.compat.v1.losses.mean_squared_error(labels, lux)
    op = tf.compat.v1.train.AdamOptimizer().minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def bulbs():
    r = np.random.RandomState(5)
    return tf.data.Dataset.from_tensor_slices(
        ({"hours": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def switch():
    hours = tf.compat.v1.placeholder(tf.float32, [None, 2], name="hours")
    return tf.estimator.export.ServingInputReceiver({"hours": hours}, {"hours": hours})


est = tf.estimator.Estimator(lamp_fn, "lamp")
est.train(bulbs, steps=3)
est.export_saved_model("lamp_out", switch)
