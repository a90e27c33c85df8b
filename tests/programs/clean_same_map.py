"""What the input pipeline does to a row, the receiver does too: the map is in the exported graph."""
import numpy as np
import tensorflow as tf

MEAN, SPREAD = 3.0, 1.5


def standardize(salt):
    return (salt - MEAN) / SPREAD


def to_example(salt, fish):
    return {"salt": standardize(salt)}, fish


def sea_fn(features, labels, mode):
    fish = tf.compat.v1.layers.dense(features["salt"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"fish": fish})
    loss = tf.compat.v1.losses.mean_squared_error(labels, fish)
    op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def cruises():
    r = np.random.RandomState(8)
    data = tf.data.Dataset.from_tensor_slices((r.rand(12, 2).astype("f"), r.rand(12, 1).astype("f")))
    return data.map(to_example).repeat().batch(4)


def buoy():
    salt = tf.compat.v1.placeholder(tf.float32, [None, 2], name="salt")
    return tf.estimator.export.ServingInputReceiver({"salt": standardize(salt)}, {"salt": salt})


if __name__ == "__main__":
    sea = tf.estimator.Estimator(sea_fn, "sea")
    sea.train(cruises, steps=3)
    sea.export_saved_model("sea_out", buoy)
