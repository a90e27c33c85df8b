import numpy as np
import tensorflow.compat.v1 as tf


def jitter(x, stddev):
    return x + tf.random_normal(tf.shape(x), stddev=stddev)


def sonar_fn(features, labels, mode):
    ping = jitter(features["ping"], 0.3)
    x = tf.layers.dense(ping, 6, tf.nn.relu)
    x = tf.layers.dropout(x, 0.5, training=True)
    depth = tf.layers.dense(x, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"depth": depth})
    loss = tf.losses.huber_loss(labels, depth)
    op = tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def dives():
    r = np.random.RandomState(9)
    return tf.data.Dataset.from_tensor_slices(
        ({"ping": r.rand(16, 4).astype("float32")}, r.rand(16, 1).astype("float32"))).repeat().batch(4)


def boat():
    ping = tf.placeholder(tf.float32, [None, 4], name="ping")
    return tf.estimator.export.ServingInputReceiver({"ping": ping}, {"ping": ping})


sonar = tf.estimator.Estimator(sonar_fn, "sonar")
sonar.train(dives, steps=3)
sonar.export_saved_model("sonar_out", boat)
