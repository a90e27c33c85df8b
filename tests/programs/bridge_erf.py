import numpy as np
import tensorflow as tf


def crack_probability(z):
    return 0.5 * (1.0 + tf.math.erf(z))


def spectrum(x):
    gram = tf.matmul(x, x, transpose_a=True)
    return tf.linalg.svd(gram, compute_uv=False)


def bridge_fn(features, labels, mode):
    load = features["load"]
    modes = spectrum(load)
    z = tf.compat.v1.layers.dense(tf.concat([load, load * modes], axis=1), 1)
    crack = crack_probability(z)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"crack": crack})
    loss = tf.reduce_mean(tf.square(labels - crack))
    op = tf.compat.v1.train.GradientDescentOptimizer(0.01).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def traffic():
    r = np.random.RandomState(10)
    return tf.data.Dataset.from_tensor_slices(
        ({"load": r.rand(12, 3).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def strain_gauge():
    load = tf.compat.v1.placeholder(tf.float32, [2, 3], name="load")
    return tf.estimator.export.ServingInputReceiver({"load": load}, {"load": load})


if __name__ == "__main__":
    est = tf.estimator.Estimator(bridge_fn, "bridge")
    est.train(traffic, steps=3)
    est.export_saved_model("bridge_out", strain_gauge)
