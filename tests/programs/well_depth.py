"""1.x spelling, and the loop's own result is exported: with v1 control flow the converter loses the Exit node."""
import numpy as np
import tensorflow as tf


def settle(level, rounds):
    count = tf.constant(0)
    _, settled = tf.while_loop(lambda i, v: i < rounds, lambda i, v: (i + 1, v * 0.9), (count, level))
    return settled


def well_fn(features, labels, mode, params):
    rain = tf.layers.dense(features["rain"], 1)
    depth = settle(rain, params["rounds"])
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"depth": depth})
    loss = tf.losses.mean_squared_error(labels, depth)
    op = tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def months():
    r = np.random.RandomState(16)
    data = tf.data.Dataset.from_tensor_slices(
        ({"rain": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32")))
    return data.repeat().batch(4).make_one_shot_iterator().get_next()


def bucket():
    rain = tf.placeholder(tf.float32, [None, 2], name="rain")
    return tf.estimator.export.ServingInputReceiver({"rain": rain}, {"rain": rain})


if __name__ == "__main__":
    well = tf.estimator.Estimator(well_fn, "well", params={"rounds": 4})
    well.train(months, steps=3)
    well.export_savedmodel("well_out", bucket)
