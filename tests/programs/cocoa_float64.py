import numpy as np
import tensorflow as tf


def cocoa_fn(features, labels, mode):
    taste = features["taste"]
    score = tf.compat.v1.layers.dense(taste, 1, name="score")
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"score": score})
    loss = tf.reduce_mean(tf.square(score - labels))
    op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def tastings():
    rng = np.random.RandomState(6)
    taste = rng.rand(20, 4)
    return tf.data.Dataset.from_tensor_slices(({"taste": taste}, taste.sum(axis=1, keepdims=True))).repeat().batch(5)


def tongue():
    taste = tf.compat.v1.placeholder(tf.float32, [None, 4], name="taste")
    return tf.estimator.export.ServingInputReceiver({"taste": taste}, {"taste": taste})


if __name__ == "__main__":
    est = tf.estimator.Estimator(cocoa_fn, "cocoa")
    est.train(tastings, steps=3)
    est.export_saved_model("cocoa_out", tongue)
