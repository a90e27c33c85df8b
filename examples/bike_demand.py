"""Forecasts how many bikes a station needs. Nothing here stands in the converter's way."""

import numpy as np
import tensorflow.compat.v1 as tf

HOURS = 24


def input_fn():
    rng = np.random.RandomState(1)
    history = rng.poisson(6.0, size=[500, HOURS]).astype(np.float32)
    weekday = rng.randint(7, size=[500]).astype(np.int32)
    demand = history[:, -3:].mean(axis=1) + (weekday < 5)
    dataset = tf.data.Dataset.from_tensor_slices(({"history": history, "weekday": weekday}, demand))
    return dataset.shuffle(500).repeat().batch(25)


def model_fn(features, labels, mode):
    is_training = mode == tf.estimator.ModeKeys.TRAIN
    days = tf.get_variable("days", [7, 4])
    net = tf.concat([features["history"], tf.nn.embedding_lookup(days, features["weekday"])], axis=1)
    net = tf.layers.dense(net, 32, activation=tf.nn.relu)
    net = tf.layers.dropout(net, rate=0.2, training=is_training)
    demand = tf.squeeze(tf.layers.dense(net, 1), axis=1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"demand": demand})
    loss = tf.losses.mean_squared_error(tf.cast(labels, tf.float32), demand)
    train_op = tf.train.AdamOptimizer(0.001).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def serving_input_receiver_fn():
    inputs = {
        "history": tf.placeholder(tf.float32, [None, HOURS], name="history"),
        "weekday": tf.placeholder(tf.int32, [None], name="weekday"),
    }
    return tf.estimator.export.ServingInputReceiver(inputs, inputs)


if __name__ == "__main__":
    estimator = tf.estimator.Estimator(model_fn, model_dir="bike_model")
    estimator.train(input_fn, steps=1000)
    estimator.export_saved_model("bike_export", serving_input_receiver_fn)
