import numpy as np
import tensorflow as tf


def lab_fn(features, labels, mode):
    conc = tf.compat.v1.layers.dense(features["ph"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"conc": conc})
    loss = tf.reduce_mean(tf.square(labels - conc))
    op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def samples():
    r = np.random.RandomState(6)
    return tf.data.Dataset.from_tensor_slices(({"ph": r.rand(12, 2)}, r.rand(12, 1))).repeat().batch(4)


def bench():
    ph = tf.compat.v1.placeholder(tf.float64, [None, 2], name="ph")
    return tf.estimator.export.ServingInputReceiver({"ph": ph}, {"ph": ph})


if __name__ == "__main__":
    est = tf.estimator.Estimator(lab_fn, "lab")
    est.train(samples, steps=3)
    est.export_saved_model("lab_out", bench)
