"""Dropout, noise and batch norm, each gated by mode in another way."""
import numpy as np
import tensorflow.compat.v1 as tf

TRAIN = tf.estimator.ModeKeys.TRAIN


class Blocks(object):
    def __init__(self, mode):
        self.training = mode == TRAIN
        self.keep_prob = 0.6 if self.training else 1.0

    def noisy(self, x):
        if not self.training:
            return x
        return x + tf.random_normal(tf.shape(x), stddev=0.1)

    def dense(self, x, units):
        x = tf.layers.dense(x, units)
        x = tf.layers.batch_normalization(x, momentum=0.5, training=self.training)
        x = tf.nn.relu(x)
        return tf.nn.dropout(x, keep_prob=self.keep_prob)

    def head(self, x, units):
        x = tf.layers.dropout(x, rate=0.5)
        x = tf.layers.Dropout(0.3)(x, training=self.training)
        return tf.layers.dense(x, units)


def fog_fn(features, labels, mode):
    blocks = Blocks(mode)
    net = blocks.dense(blocks.noisy(features["haze"]), 4)
    fog = blocks.head(net, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"fog": fog})
    loss = tf.losses.mean_squared_error(labels, fog)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        op = tf.train.AdamOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def mornings():
    r = np.random.RandomState(3)
    return tf.data.Dataset.from_tensor_slices(
        ({"haze": r.rand(16, 3).astype("float32") * 2}, r.rand(16, 1).astype("float32"))).repeat().batch(4)


def tower():
    haze = tf.placeholder(tf.float32, [None, 3], name="haze")
    return tf.estimator.export.ServingInputReceiver({"haze": haze}, {"haze": haze})


if __name__ == "__main__":
    est = tf.estimator.Estimator(fog_fn, "fog")
    est.train(mornings, steps=4)
    est.export_saved_model("fog_out", tower)
