import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def plain_fn(features, labels, mode):
    hidden = v1.layers.dense(features["load"], 8, activation=tf.nn.relu)
    sag = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"sag": sag})
    loss = v1.losses.mean_squared_error(labels, sag)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"load": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="load")
    return tf.estimator.export.ServingInputReceiver({"load": x}, {"load": x})


estimator = tf.estimator.Estimator(plain_fn, "plains")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("plains_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path)
converter.allow_custom_ops = True
open("plain.tflite", "wb").write(converter.convert())
