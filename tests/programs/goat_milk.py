import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def goat_fn(features, labels, mode):
    hidden = v1.layers.dense(features["feed"], 8, activation=tf.nn.relu)
    litres = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"litres": litres})
    loss = v1.losses.mean_squared_error(labels, litres)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(3).rand(16, 3).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"feed": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 3], name="feed")
    return tf.estimator.export.ServingInputReceiver({"feed": x}, {"feed": x})


def samples():
    for _ in range(12):
        yield [np.random.rand(1, 3)]


estimator = tf.estimator.Estimator(goat_fn, "goats")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("goats_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.representative_dataset = samples
converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
open("goat.tflite", "wb").write(converter.convert())
