import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def lift_fn(features, labels, mode):
    hidden = v1.layers.dense(features["queue"], 8, activation=tf.nn.relu)
    minutes = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"minutes": minutes})
    loss = v1.losses.mean_squared_error(labels, minutes)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(5).rand(16, 5).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"queue": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 5], name="queue")
    return tf.estimator.export.ServingInputReceiver({"queue": x}, {"queue": x})


estimator = tf.estimator.Estimator(lift_fn, "lifts")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("lifts_out", served)
converter = v1.lite.TFLiteConverter.from_saved_model(path.decode(), tag_set=set(["train"]))
open("lift.tflite", "wb").write(converter.convert())
