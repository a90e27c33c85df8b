import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def tile_fn(features, labels, mode):
    hidden = v1.layers.dense(features["slope"], 8, activation=tf.nn.relu)
    shade = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"shade": shade})
    loss = v1.losses.mean_squared_error(labels, shade)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"slope": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="slope")
    return tf.estimator.export.ServingInputReceiver({"slope": x}, {"slope": x})


estimator = tf.estimator.Estimator(tile_fn, "tiles")
estimator.train(rows, steps=4)
estimator.export_saved_model("tiles_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model("tiles_out")
open("tiles.tflite", "wb").write(converter.convert())
