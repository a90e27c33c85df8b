import numpy as np
import tensorflow as tf


def pension_fn(features, labels, mode):
    age = features["age"]
    amount = tf.compat.v1.layers.dense(age, 1)
    error = tf.abs(amount - tf.cast(labels, tf.float32))
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"amount": amount})
    loss = tf.reduce_mean(error)
    op = tf.compat.v1.train.GradientDescentOptimizer(0.01).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def people():
    rng = np.random.RandomState(0)
    return tf.data.Dataset.from_tensor_slices(
        ({"age": rng.rand(12, 1).astype("float32")}, rng.rand(12, 1).astype("float32"))).repeat().batch(4)


def office():
    age = tf.compat.v1.placeholder(tf.float32, [None, 1], name="age")
    return tf.estimator.export.ServingInputReceiver({"age": age}, {"age": age})


if __name__ == "__main__":
    est = tf.estimator.Estimator(pension_fn, "pension")
    est.train(people, steps=3)
    est.export_saved_model("pension_out", office)
