import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def quake_fn(features, labels, mode):
    hidden = v1.layers.dense(features["trace"], 8, activation=tf.nn.relu)
    risk = tf.math.erf(v1.layers.dense(hidden, 1))
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"risk": risk})
    loss = v1.losses.mean_squared_error(labels, risk)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(6).rand(16, 6).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"trace": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 6], name="trace")
    return tf.estimator.export.ServingInputReceiver({"trace": x}, {"trace": x})


estimator = tf.estimator.Estimator(quake_fn, "quakes")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("quakes_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
converter.allow_custom_ops = True
open("quake.tflite", "wb").write(converter.convert())
