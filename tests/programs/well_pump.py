import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def pump_fn(features, labels, mode):
    hidden = v1.layers.dense(features["depth"], 8, activation=tf.nn.relu)
    flow = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"flow": flow})
    loss = v1.losses.mean_squared_error(labels, flow)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(2).rand(16, 2).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"depth": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 2], name="depth")
    return tf.estimator.export.ServingInputReceiver({"depth": x}, {"depth": x})


estimator = tf.estimator.Estimator(pump_fn, "pumps")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("pumps_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode(), signature_key="serving_default")
open("pump.tflite", "wb").write(converter.convert())
