"""Frost in the orchard tonight? Written for a TPU, tried on the laptop."""

import numpy as np
import tensorflow.compat.v1 as tf

HOURS, SENSORS = 6, 4


def by_hour(readings, batch_size):
    return tf.reshape(readings, [batch_size, HOURS, SENSORS])


def model_fn(features, labels, mode, params):
    size = params["batch_size"]
    hours = by_hour(features["readings"], size)
    coldest = tf.reduce_min(hours, axis=1)
    logits = tf.layers.dense(coldest, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"frost": tf.sigmoid(logits)})

    loss = tf.losses.sigmoid_cross_entropy(labels, logits)
    train_op = None
    if mode == tf.estimator.ModeKeys.TRAIN:
        rate = 0.1 * params["batch_size"] / 32.0
        train_op = tf.train.GradientDescentOptimizer(rate).minimize(loss, tf.train.get_global_step())
    return tf.estimator.tpu.TPUEstimatorSpec(mode, loss=loss, train_op=train_op)


def input_fn(params):
    rng = np.random.RandomState(4)
    readings = rng.rand(32, HOURS * SENSORS).astype(np.float32)
    labels = (readings.min(axis=1, keepdims=True) < 0.05).astype(np.float32)
    data = tf.data.Dataset.from_tensor_slices(({"readings": readings}, labels)).repeat()
    return data.batch(params["batch_size"], drop_remainder=True)


def serving_input_receiver_fn():
    readings = tf.placeholder(tf.float32, [None, HOURS * SENSORS], name="readings")
    return tf.estimator.export.ServingInputReceiver({"readings": readings}, {"readings": readings})


if __name__ == "__main__":
    estimator = tf.estimator.tpu.TPUEstimator(
        model_fn,
        model_dir="frost",
        config=tf.estimator.tpu.RunConfig(tf_random_seed=1),
        use_tpu=False,
        export_to_tpu=False,
        train_batch_size=8,
    )
    estimator.train(input_fn, max_steps=2)
    estimator.export_saved_model("frost_export", serving_input_receiver_fn)
