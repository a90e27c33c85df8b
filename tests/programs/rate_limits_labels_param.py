"""Labels under other names: positional parameters, and a default that takes their place under PREDICT."""
import numpy as np
import tensorflow as tf

c = tf.compat.v1


def call_fn(x, y, mode):
    target = x["load"] if mode == tf.estimator.ModeKeys.PREDICT else y
    guess = c.layers.dense(x["load"], 2)
    gap = tf.reduce_mean(tf.abs(target - guess), axis=1, keepdims=True)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"gap": gap})
    loss = tf.reduce_mean(gap)
    op = c.train.GradientDescentOptimizer(0.1).minimize(loss, c.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def model_fn(features, labels, mode):
    return call_fn(features, labels, mode)


def calls():
    r = np.random.RandomState(5)
    load = r.rand(12, 2).astype("float32")
    return tf.data.Dataset.from_tensor_slices(({"load": load}, load)).repeat().batch(4)


def exchange():
    load = c.placeholder(tf.float32, [None, 2], name="load")
    return tf.estimator.export.ServingInputReceiver({"load": load}, {"load": load})


if __name__ == "__main__":
    est = tf.estimator.Estimator(model_fn, "calls")
    est.train(calls, steps=3)
    est.export_saved_model("calls_out", exchange)
