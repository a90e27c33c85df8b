import numpy as np
import tensorflow as tf

from convert import to_phone

v1 = tf.compat.v1


def peat_fn(features, labels, mode):
    hidden = v1.layers.dense(features["water"], 8, activation=tf.nn.relu)
    gas = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"gas": gas})
    loss = v1.losses.mean_squared_error(labels, gas)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"water": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="water")
    return tf.estimator.export.ServingInputReceiver({"water": x}, {"water": x})


if __name__ == "__main__":
    estimator = tf.estimator.Estimator(peat_fn, "peat")
    estimator.train(rows, steps=4)
    estimator.export_saved_model("peat_out", served)
    to_phone("peat_out", "peat.tflite")
