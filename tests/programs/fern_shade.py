import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def fern_fn(features, labels, mode):
    hidden = v1.layers.dense(features["light"], 8, activation=tf.nn.relu)
    fronds = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"fronds": fronds})
    loss = v1.losses.mean_squared_error(labels, fronds)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"light": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="light")
    return tf.estimator.export.ServingInputReceiver({"light": x}, {"light": x})


estimator = tf.estimator.Estimator(fern_fn, "ferns")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("ferns_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
converter.optimizations.append(tf.lite.Optimize.DEFAULT)
open("fern.tflite", "wb").write(converter.convert())
