"""The receiver asks the device for more than the model reads."""
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def rent_fn(features, labels, mode):
    rent = v1.layers.dense(tf.concat([features["size"], features["rooms"]], axis=1), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"rent": rent})
    loss = tf.reduce_mean(features["weight"] * tf.square(labels - rent))
    op = v1.train.GradientDescentOptimizer(0.05).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def flats():
    r = np.random.RandomState(3)
    x = {key: r.rand(12, 1).astype("float32") for key in ("size", "rooms", "weight")}
    return tf.data.Dataset.from_tensor_slices((x, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def portal():
    size = v1.placeholder(tf.float32, [None, 1], name="size")
    rooms = v1.placeholder(tf.float32, [None, 1], name="rooms")
    balcony = v1.placeholder(tf.float32, [None, 1], name="balcony")
    given = {"size": size, "rooms": rooms, "balcony": balcony}
    return tf.estimator.export.ServingInputReceiver(given, given)


if __name__ == "__main__":
    rents = tf.estimator.Estimator(rent_fn, "rents")
    rents.train(flats, steps=3)
    rents.export_saved_model("rents_out", portal)
