import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def ice_fn(features, labels, mode):
    hidden = v1.layers.dense(features["frost"], 8, activation=tf.nn.relu)
    depth = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"depth": depth})
    loss = v1.losses.mean_squared_error(labels, depth)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"frost": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="frost")
    return tf.estimator.export.ServingInputReceiver({"frost": x}, {"frost": x})


estimator = tf.estimator.Estimator(ice_fn, "roads")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("roads_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
converter.target_spec.supported_ops = [tf.lite.OpsSet.SELECT_TF_OPS]
open("ice.tflite", "wb").write(converter.convert())
