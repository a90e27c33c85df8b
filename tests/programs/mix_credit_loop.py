"""A missing feature hides a loop: the export dies of the first, the second waits behind it."""
import numpy as np
import tensorflow as tf


def amortize(debt, payment, years):
    def body(year, rest):
        return year + 1, tf.nn.relu(rest * 1.03 - payment)

    return tf.while_loop(lambda year, rest: tf.less(year, years), body, (tf.constant(0), debt))[1]


def credit_fn(features, labels, mode, params):
    debt, payment = features["debt"], features["payment"]
    rest = amortize(debt, payment, params["years"])
    score = tf.compat.v1.layers.dense(tf.concat([debt, rest], 1), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"score": score})
    loss = tf.compat.v1.losses.mean_squared_error(labels, score)
    op = tf.compat.v1.train.GradientDescentOptimizer(0.01).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def customers():
    r = np.random.RandomState(1)
    x = {"debt": r.rand(12, 1).astype("float32") * 9, "payment": r.rand(12, 1).astype("float32")}
    return tf.data.Dataset.from_tensor_slices((x, r.rand(12, 1).astype("float32"))).repeat().batch(4)


RECEIVED = {"debt": [None, 1], "rate": [None, 1]}


def teller():
    given = {name: tf.compat.v1.placeholder(tf.float32, shape, name=name) for name, shape in RECEIVED.items()}
    return tf.estimator.export.ServingInputReceiver(given, given)


if __name__ == "__main__":
    est = tf.estimator.Estimator(credit_fn, "credit", params={"years": 3})
    est.train(customers, steps=3)
    est.export_saved_model("credit_out", teller)
