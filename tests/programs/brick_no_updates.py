import numpy as np
import tensorflow as tf


def brick_fn(features, labels, mode):
    training = mode == tf.estimator.ModeKeys.TRAIN
    x = tf.compat.v1.layers.dense(features["clay"], 4)
    x = tf.compat.v1.layers.batch_normalization(x, training=training)
    strength = tf.compat.v1.layers.dense(tf.nn.relu(x), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"strength": strength})
    loss = tf.compat.v1.losses.mean_squared_error(labels, strength)
    optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.01)
    train_op = optimizer.minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def kiln():
    r = np.random.RandomState(15)
    return tf.data.Dataset.from_tensor_slices(
        ({"clay": r.rand(16, 3).astype("float32") * 3}, r.rand(16, 1).astype("float32"))).repeat().batch(4)


def lab():
    clay = tf.compat.v1.placeholder(tf.float32, [None, 3], name="clay")
    return tf.estimator.export.ServingInputReceiver({"clay": clay}, {"clay": clay})


if __name__ == "__main__":
    est = tf.estimator.Estimator(brick_fn, "bricks")
    est.train(kiln, steps=4)
    est.export_saved_model("bricks_out", lab)
