import numpy as np
import tensorflow as tf


def toll_fn(features, labels, mode):
    fee = tf.compat.v1.layers.dense(features["axles"], 1)
    outputs = {"serving_default": {"fee": fee}}
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"fee": fee}, export_outputs=outputs)
    loss = tf.compat.v1.losses.mean_squared_error(labels, fee)
    op = tf.compat.v1.train.AdamOptimizer().minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def lorries():
    r = np.random.RandomState(9)
    return tf.data.Dataset.from_tensor_slices(
        ({"axles": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def gate():
    axles = tf.compat.v1.placeholder(tf.float32, [None, 2], name="axles")
    return tf.estimator.export.ServingInputReceiver({"axles": axles}, {"axles": axles})


if __name__ == "__main__":
    toll = tf.estimator.Estimator(toll_fn, "toll")
    toll.train(lorries, steps=3)
    toll.export_saved_model("toll_out", gate)
