import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def moss_fn(features, labels, mode):
    hidden = v1.layers.dense(features["damp"], 8, activation=tf.nn.relu)
    moss = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"moss": moss})
    loss = v1.losses.mean_squared_error(labels, moss)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"damp": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="damp")
    return tf.estimator.export.ServingInputReceiver({"damp": x}, {"damp": x})


estimator = tf.estimator.Estimator(moss_fn, "mosses")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("mosses_out", served)
converter = v1.lite.TFLiteConverter.from_saved_model(path.decode(), signature_key="serving_default")
converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.post_training_quantize = False
open("moss.tflite", "wb").write(converter.convert())
