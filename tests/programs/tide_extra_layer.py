import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def tide_fn(features, labels, mode):
    x = features["moon"]
    if mode == tf.estimator.ModeKeys.TRAIN:
        x = v1.layers.dense(x, 4)
    height = v1.layers.dense(x, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"height": height})
    loss = v1.losses.mean_squared_error(labels, height)
    op = v1.train.AdamOptimizer(0.01).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def almanac():
    r = np.random.RandomState(7)
    return tf.data.Dataset.from_tensor_slices(
        ({"moon": r.rand(16, 2).astype("float32")}, r.rand(16, 1).astype("float32"))).repeat().batch(4)


def harbour():
    moon = v1.placeholder(tf.float32, [None, 2], name="moon")
    return tf.estimator.export.ServingInputReceiver({"moon": moon}, {"moon": moon})


if __name__ == "__main__":
    est = tf.estimator.Estimator(tide_fn, "tide")
    est.train(almanac, steps=3)
    est.export_saved_model("tide_out", harbour)
