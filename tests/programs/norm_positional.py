"""Batch normalization through a helper with a positional flag, bound by functools.partial."""
import functools

import numpy as np
import tensorflow as tf

norm = functools.partial(tf.compat.v1.layers.batch_normalization, momentum=0.5, training=True)


def stack(x, units, training):
    x = tf.compat.v1.layers.dense(x, units)
    x = norm(x)
    return tf.compat.v1.layers.dropout(x, 0.2, training=training)


def brew_fn(features, labels, mode):
    is_training = mode == tf.estimator.ModeKeys.TRAIN
    taste = tf.compat.v1.layers.dense(stack(features["leaf"], 4, is_training), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"taste": taste})
    loss = tf.compat.v1.losses.mean_squared_error(labels, taste)
    update_ops = tf.compat.v1.get_collection(tf.compat.v1.GraphKeys.UPDATE_OPS)
    with tf.control_dependencies(update_ops):
        op = tf.compat.v1.train.AdamOptimizer(0.01).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def teas():
    r = np.random.RandomState(7)
    return tf.data.Dataset.from_tensor_slices(
        ({"leaf": r.rand(16, 3).astype("float32") * 2}, r.rand(16, 1).astype("float32"))).repeat().batch(4)


def cup():
    leaf = tf.compat.v1.placeholder(tf.float32, [None, 3], name="leaf")
    return tf.estimator.export.ServingInputReceiver({"leaf": leaf}, {"leaf": leaf})


if __name__ == "__main__":
    est = tf.estimator.Estimator(brew_fn, "tea")
    est.train(teas, steps=4)
    est.export_saved_model("tea_out", cup)
