import numpy as np
import tensorflow.compat.v1 as tf


def normed(x, phase):
    return tf.layers.batch_normalization(x, momentum=0.5, training=phase)


def moisture_fn(features, labels, mode, params):
    phase = params.get("phase", True)
    x = tf.layers.dense(features["grain"], 5)
    x = normed(x, phase)
    wet = tf.layers.dense(tf.nn.relu(x), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"wet": wet})
    loss = tf.losses.mean_squared_error(labels, wet)
    update = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    op = tf.group(tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step()), *update)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def loads():
    r = np.random.RandomState(14)
    return tf.data.Dataset.from_tensor_slices(
        ({"grain": r.rand(16, 3).astype("float32") * 3}, r.rand(16, 1).astype("float32"))).repeat().batch(4)


def elevator():
    grain = tf.placeholder(tf.float32, [None, 3], name="grain")
    return tf.estimator.export.ServingInputReceiver({"grain": grain}, {"grain": grain})


if __name__ == "__main__":
    silo = tf.estimator.Estimator(moisture_fn, "silo", params={"units": 5})
    silo.train(loads, steps=4)
    silo.export_saved_model("silo_out", elevator)
