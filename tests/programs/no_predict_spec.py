import numpy as np
import tensorflow as tf


def yarn_fn(features, labels, mode):
    tension = tf.compat.v1.layers.dense(features["twist"], 1)
    if mode == tf.estimator.ModeKeys.TRAIN:
        loss = tf.compat.v1.losses.mean_squared_error(labels, tension)
        op = tf.compat.v1.train.AdamOptimizer().minimize(loss, tf.compat.v1.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)
    elif mode == tf.estimator.ModeKeys.EVAL:
        loss = tf.compat.v1.losses.mean_squared_error(labels, tension)
        return tf.estimator.EstimatorSpec(mode, loss=loss)


def spools():
    r = np.random.RandomState(1)
    return tf.data.Dataset.from_tensor_slices(
        ({"twist": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def loom():
    twist = tf.compat.v1.placeholder(tf.float32, [None, 2], name="twist")
    return tf.estimator.export.ServingInputReceiver({"twist": twist}, {"twist": twist})


if __name__ == "__main__":
    yarn = tf.estimator.Estimator(yarn_fn, "yarn")
    yarn.train(spools, steps=3)
    yarn.export_saved_model("yarn_out", loom)
