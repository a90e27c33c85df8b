import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
LEAVES = np.array([[0.2, 0.5, 0.3, 0.9]], np.float32)


def blend():
    leaves = tf.data.Dataset.from_tensors(LEAVES).map(lambda leaf: leaf / tf.reduce_sum(leaf))
    return tf.data.experimental.get_single_element(leaves)


def tea_fn(features, labels, mode):
    taste = v1.layers.dense(features["tea"] * blend(), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"taste": taste})
    wanted = tf.data.experimental.get_single_element(tf.data.Dataset.from_tensors(np.float32(2.0)))
    loss = v1.losses.mean_squared_error(labels, taste, weights=wanted)
    op = v1.train.GradientDescentOptimizer(0.01).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def tasters():
    r = np.random.RandomState(4)
    tea = r.rand(20, 4).astype("float32")
    return tf.data.Dataset.from_tensor_slices(({"tea": tea}, tea[:, :1])).repeat().batch(5)


def pot():
    tea = v1.placeholder(tf.float32, [None, 4], name="tea")
    return tf.estimator.export.ServingInputReceiver({"tea": tea}, {"tea": tea})


if __name__ == "__main__":
    est = tf.estimator.Estimator(tea_fn, "tea")
    est.train(tasters, steps=3)
    est.export_saved_model("tea_out", pot)
