import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def int8_fn(features, labels, mode):
    hidden = v1.layers.dense(features["pixel"], 8, activation=tf.nn.relu)
    edge = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"edge": edge})
    loss = v1.losses.mean_squared_error(labels, edge)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"pixel": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="pixel")
    return tf.estimator.export.ServingInputReceiver({"pixel": x}, {"pixel": x})


def samples():
    data = np.random.RandomState(0).rand(12, 4)
    for row in data.astype("float32"):
        yield [row[np.newaxis]]


def quantized(folder, types=True):
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    if types:
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8
    return converter.convert()


estimator = tf.estimator.Estimator(int8_fn, "int8s")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("int8s_out", served)
open("int8.tflite", "wb").write(quantized(path.decode()))
