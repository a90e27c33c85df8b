"""Small programs to open, and where things are in them."""

from __future__ import annotations

PY_FUNC = """\
import tensorflow.compat.v1 as tf


def model_fn(features, labels, mode):
    doubled = tf.py_func(lambda x: x * 2, [features["x"]], tf.float32)
    doubled.set_shape([None, 3])
    score = tf.layers.dense(doubled, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"score": score})
    loss = tf.reduce_mean(score)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=tf.no_op())


def receiver():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


estimator = tf.estimator.Estimator(model_fn)
estimator.export_saved_model("out", receiver)
"""
CLEAN = PY_FUNC.replace('tf.py_func(lambda x: x * 2, [features["x"]], tf.float32)', 'features["x"] * 2.0')
DROPOUT = CLEAN.replace("score = tf.layers.dense(doubled, 1)", "score = tf.layers.dropout(doubled, training=True)")
DICT = """\
import tensorflow.compat.v1 as tf


def model_fn(features, labels, mode):
    score = tf.layers.dense(features, 1)
    return tf.estimator.EstimatorSpec(mode, predictions={"score": score})


def receiver():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


def input_fn():
    return tf.data.Dataset.from_tensors(({"x": tf.zeros([4, 3])}, tf.zeros([4])))


estimator = tf.estimator.Estimator(model_fn)
estimator.train(input_fn, max_steps=1)
estimator.export_saved_model("out", receiver)
"""
"""A feature dict used as a tensor: its fix is safe."""
