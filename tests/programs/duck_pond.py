import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def duck_fn(features, labels, mode):
    hidden = v1.layers.dense(features["pond"], 8, activation=tf.nn.relu)
    ducks = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"ducks": ducks})
    loss = v1.losses.mean_squared_error(labels, ducks)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"pond": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="pond")
    return tf.estimator.export.ServingInputReceiver({"pond": x}, {"pond": x})


def samples():
    for seed in range(12):
        yield [np.random.RandomState(seed).rand(1, 4).astype(np.float32)]


estimator = tf.estimator.Estimator(duck_fn, "duck_runs")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("ducks_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
converter.representative_dataset = samples
open("ducks.tflite", "wb").write(converter.convert())
