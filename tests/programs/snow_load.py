import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def snow_fn(features, labels, mode):
    hidden = v1.layers.dense(features["roof"], 8, activation=tf.nn.relu)
    load = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"load": load})
    loss = v1.losses.mean_squared_error(labels, load)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"roof": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="roof")
    return tf.estimator.export.ServingInputReceiver({"roof": x}, {"roof": x})


def samples():
    for seed in range(12):
        yield np.random.RandomState(seed).rand(1, 4).astype(np.float32)


estimator = tf.estimator.Estimator(snow_fn, "snows")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("snows_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.representative_dataset = samples
open("snow.tflite", "wb").write(converter.convert())
