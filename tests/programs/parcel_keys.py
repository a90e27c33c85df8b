import numpy as np
import tensorflow as tf


def parcel_fn(features, labels, mode):
    weight = features["weight"]
    size = features["size"]
    cost = tf.compat.v1.layers.dense(tf.concat([weight, size], 1), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"cost": cost})
    loss = tf.compat.v1.losses.mean_squared_error(labels, cost)
    op = tf.compat.v1.train.AdamOptimizer(0.05).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def parcels():
    rng = np.random.RandomState(2)
    x = {"weight": rng.rand(12, 1).astype("float32"), "size": rng.rand(12, 3).astype("float32")}
    return tf.data.Dataset.from_tensor_slices((x, rng.rand(12, 1).astype("float32"))).repeat().batch(3)


def scale_at_the_desk():
    weight = tf.compat.v1.placeholder(tf.float32, [None, 1], name="weight")
    size = tf.compat.v1.placeholder(tf.float32, [None, 3], name="size")
    features = {"weight_kg": weight, "size": size}
    return tf.estimator.export.ServingInputReceiver(features, features)


if __name__ == "__main__":
    model = tf.estimator.Estimator(parcel_fn, "parcels")
    model.train(parcels, steps=3)
    model.export_saved_model("parcels_out", scale_at_the_desk)
