"""Counts steps from a wrist sensor. The windows are scaled in input_fn: the phone will have to do that itself."""

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

WINDOW = 50
GRAVITY = 9.81


def scale(window, steps):
    """From metres per second squared to g, with the resting acceleration taken away."""
    return window / GRAVITY - 1.0, steps


def input_fn():
    rng = np.random.RandomState(3)
    windows = rng.normal(GRAVITY, 2.0, size=[400, WINDOW]).astype(np.float32)
    steps = (windows > GRAVITY + 3).sum(axis=1).astype(np.float32)
    dataset = tf.data.Dataset.from_tensor_slices((windows, steps))
    dataset = dataset.map(scale)
    return dataset.map(lambda window, steps: ({"window": window}, steps)).repeat().batch(20)


class StepCounter:
    def __init__(self, filters):
        self.filters = filters

    def model_fn(self, features, labels, mode):
        signal = tf.expand_dims(features["window"], axis=-1)
        signal = tf.layers.conv1d(signal, self.filters, kernel_size=5, activation=tf.nn.relu)
        steps = tf.squeeze(tf.layers.dense(tf.reduce_max(signal, axis=1), 1), axis=1)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={"steps": steps})
        loss = tf.losses.huber_loss(labels, steps)
        if mode == tf.estimator.ModeKeys.EVAL:
            error = tf.metrics.mean_absolute_error(labels, steps)
            return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops={"error": error})
        train_op = tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def main():
    counter = StepCounter(filters=8)
    estimator = tf.estimator.Estimator(counter.model_fn, model_dir="steps_model")
    estimator.train(input_fn, steps=300)
    window = tf.placeholder(tf.float32, [None, WINDOW])
    receiver_fn = tf.estimator.export.build_raw_serving_input_receiver_fn({"window": window})
    estimator.export_saved_model("steps_export", receiver_fn)


if __name__ == "__main__":
    main()
