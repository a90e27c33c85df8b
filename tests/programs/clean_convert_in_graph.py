import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def span_fn(features, labels, mode):
    hidden = v1.layers.dense(features["wind"], 8, activation=tf.nn.relu)
    sway = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"sway": sway})
    loss = v1.losses.mean_squared_error(labels, sway)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"wind": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="wind")
    return tf.estimator.export.ServingInputReceiver({"wind": x}, {"wind": x})


estimator = tf.estimator.Estimator(span_fn, "spans")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("spans_out", served)
with tf.Graph().as_default():
    converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
    open("span.tflite", "wb").write(converter.convert())
