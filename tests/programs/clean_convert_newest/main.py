import numpy as np
import tensorflow as tf

from convert import to_phone

v1 = tf.compat.v1


def reed_fn(features, labels, mode):
    hidden = v1.layers.dense(features["wind"], 8, activation=tf.nn.relu)
    bend = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"bend": bend})
    loss = v1.losses.mean_squared_error(labels, bend)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"wind": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="wind")
    return tf.estimator.export.ServingInputReceiver({"wind": x}, {"wind": x})


if __name__ == "__main__":
    estimator = tf.estimator.Estimator(reed_fn, "reeds")
    estimator.train(rows, steps=4)
    estimator.export_saved_model("reeds_out", served)
    to_phone("reeds_out", "reeds.tflite")
