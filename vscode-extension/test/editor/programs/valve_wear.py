"""How worn is the valve? Several faults lie behind one another: the dict, and the doubles that were trained on."""

import numpy as np
import tensorflow as tf

turns = np.random.random((64, 5))
wear = turns.sum(axis=1, keepdims=True)


def input_fn():
    data = tf.data.Dataset.from_tensor_slices(({"turns": turns}, wear))
    return data.map(lambda given, wear: ({"turns": given["turns"] * 2.0}, wear)).batch(8)


def model_fn(features, labels, mode):
    worn = tf.compat.v1.layers.dense(features, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"worn": worn})
    loss = tf.compat.v1.losses.mean_squared_error(labels, worn)
    train_op = tf.compat.v1.train.AdamOptimizer().minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def serving_input_receiver_fn():
    turns = tf.compat.v1.placeholder(tf.float32, [None, 5])
    return tf.estimator.export.ServingInputReceiver({"turns": turns}, {"turns": turns})


estimator = tf.estimator.Estimator(model_fn, "valve_model")
estimator.train(input_fn, steps=100)
estimator.export_saved_model("valve_export", serving_input_receiver_fn)
