import numpy as np
import tensorflow as tf
from tensorflow.keras import layers as kl


def build_network(units):
    first, second = kl.Dense(units, activation="relu"), kl.Dense(1)
    drop = kl.Dropout(0.4)

    def network(x, training):
        x = first(x)
        x = drop(x, training=True)
        return second(x)

    return network


def skate_fn(features, labels, mode):
    speed = build_network(5)(features["push"], mode == tf.estimator.ModeKeys.TRAIN)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"speed": speed})
    loss = tf.reduce_mean(tf.square(speed - labels))
    op = tf.compat.v1.train.GradientDescentOptimizer(0.01).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def park():
    r = np.random.RandomState(3)
    return tf.data.Dataset.from_tensor_slices(
        ({"push": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def board():
    push = tf.compat.v1.placeholder(tf.float32, [None, 2], name="push")
    return tf.estimator.export.ServingInputReceiver({"push": push}, {"push": push})


if __name__ == "__main__":
    skate = tf.estimator.Estimator(skate_fn, "skate")
    skate.train(park, steps=3)
    skate.export_saved_model("skate_out", board)
