import numpy as np
import tensorflow.compat.v1 as tf


class HiveModel:
    """Counts bees; `features` is a bare tensor in training and a dict when serving."""

    def __init__(self, bees_per_frame):
        self.scale = bees_per_frame

    def model_fn(self, features, labels, mode):
        frames = tf.reshape(features, [-1, 6])
        bees = tf.layers.dense(frames, 1) * self.scale
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, {"bees": bees})
        loss = tf.losses.absolute_difference(labels, bees)
        train = tf.train.GradientDescentOptimizer(1e-3).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, None, loss, train)


def frames():
    rng = np.random.RandomState(5)
    return tf.data.Dataset.from_tensor_slices(
        (rng.rand(12, 2, 3).astype("float32"), rng.rand(12, 1).astype("float32"))).repeat().batch(4)


serving = tf.estimator.export.build_raw_serving_input_receiver_fn

if __name__ == "__main__":
    hive = tf.estimator.Estimator(HiveModel(40.0).model_fn, "hive")
    hive.train(frames, steps=3)
    with tf.Graph().as_default():
        receiver = serving({"frames": tf.placeholder(tf.float32, [None, 2, 3], name="frames")})
    hive.export_saved_model("hive_out", receiver)
