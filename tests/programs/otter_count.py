import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def otter_fn(features, labels, mode):
    hidden = v1.layers.dense(features["tide"], 8, activation=tf.nn.relu)
    otters = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"otters": otters})
    loss = v1.losses.mean_squared_error(labels, otters)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"tide": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="tide")
    return tf.estimator.export.ServingInputReceiver({"tide": x}, {"tide": x})


estimator = tf.estimator.Estimator(otter_fn, "otters")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("otters_out", served)
converter = v1.lite.TFLiteConverter.from_saved_model(path.decode(), signature_key="otters")
converter.optimizations = [tf.lite.Optimize.DEFAULT]
open("otters.tflite", "wb").write(converter.convert())
