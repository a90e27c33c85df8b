"""A bare tensor in the receiver, by someone who knows that it arrives under the key 'feature'."""
import numpy as np
import tensorflow as tf

c = tf.compat.v1


def oven_fn(features, labels, mode):
    heat = features["feature"]
    crust = c.layers.dense(heat, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"crust": crust})
    loss = c.losses.mean_squared_error(labels, crust)
    op = c.train.GradientDescentOptimizer(0.1).minimize(loss, c.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def loaves():
    r = np.random.RandomState(2)
    return tf.data.Dataset.from_tensor_slices(
        ({"feature": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def probe():
    heat = c.placeholder(tf.float32, [None, 2], name="heat")
    return tf.estimator.export.ServingInputReceiver(heat, heat)


if __name__ == "__main__":
    oven = tf.estimator.Estimator(oven_fn, "oven")
    oven.train(loaves, steps=3)
    oven.export_saved_model("oven_out", probe)
