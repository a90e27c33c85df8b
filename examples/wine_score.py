"""Scores wine by its chemistry. Dropout is never switched off, so the exported model rolls dice."""

import functools

import numpy as np
import tensorflow.compat.v1 as tf

COLUMNS = ("acidity", "sugar", "alcohol")


def input_fn(bottles):
    rng = np.random.RandomState(11)
    chemistry = {name: rng.uniform(size=[bottles, 1]).astype(np.float32) for name in COLUMNS}
    score = chemistry["alcohol"] * 5 - chemistry["acidity"] * 2
    return tf.data.Dataset.from_tensor_slices((chemistry, score)).repeat().batch(16)


def hidden_layer(inputs, units, keep):
    return tf.nn.dropout(tf.layers.dense(inputs, units, activation=tf.nn.relu), rate=1.0 - keep)


def model_fn(features, labels, mode, params):
    net = tf.concat([features[name] for name in COLUMNS], axis=1)
    for units in params["units"]:
        net = hidden_layer(net, units, params["keep"])
    score = tf.layers.dense(net, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"score": score})
    loss = tf.losses.mean_squared_error(labels, score)
    train_op = tf.train.AdagradOptimizer(0.05).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def serving_input_receiver_fn():
    columns = {name: tf.placeholder(tf.float32, [None, 1], name=name) for name in COLUMNS}
    return tf.estimator.export.ServingInputReceiver(columns, columns)


if __name__ == "__main__":
    estimator = tf.estimator.Estimator(model_fn, "wine_model", params={"units": [16, 8], "keep": 0.6})
    estimator.train(functools.partial(input_fn, 200), steps=200)
    estimator.export_saved_model("wine_export", serving_input_receiver_fn)
