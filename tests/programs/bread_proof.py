import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def proof_fn(features, labels, mode):
    hidden = v1.layers.dense(features["dough"], 8, activation=tf.nn.relu)
    rise = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"rise": rise})
    loss = v1.losses.mean_squared_error(labels, rise)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"dough": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="dough")
    return tf.estimator.export.ServingInputReceiver({"dough": x}, {"dough": x})


def shrunk(folder, int8=True):
    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if int8:
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter.convert()


estimator = tf.estimator.Estimator(proof_fn, "proofs")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("proofs_out", served)
open("proof.tflite", "wb").write(shrunk(path.decode()))
