import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def kiln_fn(features, labels, mode):
    hidden = v1.layers.dense(features["heat"], 8, activation=tf.nn.relu)
    glaze = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"glaze": glaze})
    loss = v1.losses.mean_squared_error(labels, glaze)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(3).rand(16, 3).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"heat": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 3], name="heat")
    lot = v1.placeholder(tf.float32, [None, 1], name="lot")
    both = {"heat": x, "lot": lot}
    return tf.estimator.export.ServingInputReceiver(both, both)


estimator = tf.estimator.Estimator(kiln_fn, "kilns")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("kilns_out", served)


def convert(folder):
    converter = v1.lite.TFLiteConverter.from_saved_model(folder)
    return converter.convert()


open("kiln.tflite", "wb").write(convert(path.decode()))
