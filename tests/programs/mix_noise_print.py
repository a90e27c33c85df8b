import numpy as np
import tensorflow as tf


def perturbed(y, amount):
    return y * (1.0 + amount * tf.random_uniform(tf.shape(y)))


def forecast(x, y, m, params):
    out = tf.layers.dense(x["past"], 1)
    if m == tf.estimator.ModeKeys.PREDICT:
        out = tf.Print(perturbed(out, params["amount"]), [out], "out: ")
        return tf.estimator.EstimatorSpec(m, predictions={"next": out})
    loss = tf.losses.mean_squared_error(y, out)
    loss = tf.Print(loss, [loss], "loss: ")
    op = tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(m, loss=loss, train_op=op)


def model_fn(features, labels, mode, params):
    return forecast(features, labels, mode, params)


def past():
    r = np.random.RandomState(5)
    data = tf.data.Dataset.from_tensor_slices(
        ({"past": r.rand(12, 3).astype("float32")}, r.rand(12, 1).astype("float32")))
    data = data.apply(tf.data.experimental.shuffle_and_repeat(12))
    return data.batch(4).make_one_shot_iterator().get_next()


def crystal_ball():
    past_values = tf.placeholder(tf.float32, [None, 3], name="past")
    return tf.estimator.export.ServingInputReceiver({"past": past_values}, {"past": past_values})


if __name__ == "__main__":
    est = tf.estimator.Estimator(model_fn, "forecast", params={"amount": 0.2})
    est.train(past, steps=3)
    est.export_savedmodel("forecast_out", crystal_ball)
