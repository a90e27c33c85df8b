import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def cork_fn(features, labels, mode):
    hidden = v1.layers.dense(features["bark"], 8, activation=tf.nn.relu)
    years = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"years": years})
    loss = v1.losses.mean_squared_error(labels, years)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"bark": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="bark")
    return tf.estimator.export.ServingInputReceiver({"bark": x}, {"bark": x})


estimator = tf.estimator.Estimator(cork_fn, "corks")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("corks_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
converter.supported_types = [tf.float16]
open("cork.tflite", "wb").write(converter.convert())
