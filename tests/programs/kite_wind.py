"""Line pull of a kite from the wind at five heights."""
import numpy as np
import tensorflow.compat.v1 as tf

HEIGHTS, PARTS = 5, 4


def kite_fn(features, labels, mode):
    wind = features["wind"]
    mix = tf.get_variable("mix", [PARTS, 3])
    mixed = tf.tensordot(wind, mix, 1)
    highest = tf.transpose(wind, [1, 0, 2])[-1]
    level = tf.reduce_sum(wind, axis=2, keepdims=True)
    share = tf.nn.softmax(level, axis=1)
    per_part = tf.reduce_max(tf.transpose(wind, [0, 2, 1]), axis=2)
    flat = tf.reshape(tf.layers.dense(wind, 3, use_bias=False), [-1, HEIGHTS * 3])
    joined = tf.concat([tf.reduce_mean(mixed, 1), highest, tf.reduce_sum(share * wind, 1), per_part, flat], axis=1)
    pull = tf.layers.dense(joined, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"pull": pull})
    loss = tf.losses.mean_squared_error(labels, pull)
    op = tf.train.AdamOptimizer().minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def flights():
    r = np.random.RandomState(21)
    wind = r.rand(16, HEIGHTS, PARTS).astype("float32")
    return tf.data.Dataset.from_tensor_slices(({"wind": wind}, wind.sum(axis=(1, 2))[:, None])).repeat().batch(4)


def winch():
    wind = tf.placeholder(tf.float32, [None, HEIGHTS, PARTS], name="wind")
    return tf.estimator.export.ServingInputReceiver({"wind": wind}, {"wind": wind})


if __name__ == "__main__":
    est = tf.estimator.Estimator(kite_fn, "kite")
    est.train(flights, steps=3)
    est.export_saved_model("kite_out", winch)
