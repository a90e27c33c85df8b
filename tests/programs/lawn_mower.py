import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def lawn_fn(features, labels, mode):
    hidden = v1.layers.dense(features["grass"], 8, activation=tf.nn.relu)
    height = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"height": height})
    loss = v1.losses.mean_squared_error(labels, height)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"grass": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="grass")
    return tf.estimator.export.ServingInputReceiver({"grass": x}, {"grass": x})


estimator = tf.estimator.Estimator(lawn_fn, "lawns")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("lawns_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.inference_input_type = tf.int8
converter.inference_output_type = tf.int8
open("lawn.tflite", "wb").write(converter.convert())
