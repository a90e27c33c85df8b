import numpy as np
import tensorflow as tf


def gate_fn(features, labels, mode):
    open_for = tf.layers.dense(features["crowd"], 1)
    total = tf.get_variable("total", shape=[], initializer=tf.zeros_initializer(), trainable=False)
    if mode == tf.estimator.ModeKeys.PREDICT:
        seen = tf.assign_add(total, tf.reduce_sum(features["crowd"]))
        return tf.estimator.EstimatorSpec(mode, predictions={"open_for": open_for, "seen": tf.reshape(seen, [1])})
    loss = tf.losses.mean_squared_error(labels, open_for)
    op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def matches():
    r = np.random.RandomState(4)
    return tf.data.Dataset.from_tensor_slices(
        ({"crowd": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def turnstile():
    crowd = tf.placeholder(tf.float32, [None, 2], name="crowd")
    return tf.estimator.export.ServingInputReceiver({"crowd": crowd}, {"crowd": crowd})


if __name__ == "__main__":
    gate = tf.estimator.Estimator(gate_fn, "gate")
    gate.train(matches, steps=3)
    gate.export_savedmodel("gate_out", turnstile)
