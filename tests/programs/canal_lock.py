import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def lock_fn(features, labels, mode):
    depth = features["depth"]
    wait = v1.layers.dense(depth, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"wait": wait})
    loss = v1.losses.mean_squared_error(labels, wait)
    op = v1.train.GradientDescentOptimizer(0.1).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def boats():
    r = np.random.RandomState(7)
    return tf.data.Dataset.from_tensor_slices(
        ({"depth": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def keeper():
    depth = v1.placeholder(tf.float32, [None, 2], name="depth")
    typical = tf.constant([[1.5, 2.5]])
    return tf.estimator.export.ServingInputReceiver({"depth": typical}, {"depth": depth})


if __name__ == "__main__":
    est = tf.estimator.Estimator(lock_fn, "lock")
    est.train(boats, steps=3)
    est.export_saved_model("lock_out", keeper)
