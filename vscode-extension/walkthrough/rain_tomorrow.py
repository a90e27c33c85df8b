"""Will it rain tomorrow? A TF 1.x Estimator whose training works and whose export does not."""

import numpy as np
import tensorflow as tf

MEASURES = 4  # pressure, humidity, wind, cloud cover


def input_fn():
    days = np.random.RandomState(7).uniform(size=[365, MEASURES]).astype(np.float32)
    wet = (days[:, 1] + days[:, 3] > days[:, 0] * 2).astype(np.int32)
    return tf.data.Dataset.from_tensor_slices((days, wet)).shuffle(365).repeat().batch(32)


def model_fn(features, labels, mode):
    hidden = tf.layers.dense(features, 12, activation=tf.nn.relu)
    logits = tf.layers.dense(hidden, 2)
    predictions = {"wet": tf.argmax(logits, axis=1), "probability": tf.nn.softmax(logits)}
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=predictions)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    train_op = tf.train.AdamOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def serving_input_receiver_fn():
    days = tf.placeholder(tf.float32, [None, MEASURES], name="days")
    return tf.estimator.export.ServingInputReceiver({"days": days}, {"days": days})


estimator = tf.estimator.Estimator(model_fn, model_dir="rain_model")
estimator.train(input_fn, steps=500)
estimator.export_saved_model("rain_export", serving_input_receiver_fn)
