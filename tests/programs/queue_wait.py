import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def running_wait(arrivals):
    """Each customer waits for those before: a scan over the (unknown) batch."""
    start = tf.zeros([3])
    return tf.scan(lambda wait, gap: tf.nn.relu(wait + 0.3 - gap), arrivals, initializer=start)


def queue_fn(features, labels, mode):
    wait = running_wait(features["gaps"])
    minutes = v1.layers.dense(wait, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"minutes": minutes})
    loss = v1.losses.mean_squared_error(labels, minutes)
    op = v1.train.GradientDescentOptimizer(0.05).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def till():
    r = np.random.RandomState(5)
    return tf.data.Dataset.from_tensor_slices(
        ({"gaps": r.rand(20, 3).astype("float32")}, r.rand(20, 1).astype("float32"))).repeat().batch(5)


def door():
    gaps = v1.placeholder(tf.float32, [None, 3], "gaps")
    return tf.estimator.export.ServingInputReceiver({"gaps": gaps}, {"gaps": gaps})


if __name__ == "__main__":
    est = tf.estimator.Estimator(queue_fn, "queue")
    est.train(till, steps=3)
    est.export_saved_model("queue_out", door)
