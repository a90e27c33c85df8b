import functools

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def named(scope):
    def wrap(fn):
        @functools.wraps(fn)
        def inner(*args, **kwargs):
            with v1.variable_scope(scope):
                return fn(*args, **kwargs)
        return inner
    return wrap


@named("trace")
def clip_spikes(x, limit):
    if limit is None:
        return x
    y = tf.numpy_function(lambda a: np.clip(a, -limit, limit), [x], tf.float32)
    y.set_shape(x.shape)
    return y


def quake_fn(features, labels, mode, params):
    x = clip_spikes(features["trace"], params.get("limit"))
    energy = v1.layers.dense(tf.square(x), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=energy)
    loss = tf.reduce_mean(tf.abs(energy - labels))
    watched = tf.py_function(lambda v: v * 2, [loss], tf.float32)
    v1.summary.scalar("watched", watched)
    op = v1.train.GradientDescentOptimizer(1e-3).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def events():
    rng = np.random.RandomState(3)
    return tf.data.Dataset.from_tensor_slices(
        ({"trace": rng.randn(12, 6).astype("f")}, rng.rand(12, 1).astype("f"))).repeat().batch(4)


def station():
    trace = v1.placeholder(tf.float32, [None, 6], name="trace")
    return tf.estimator.export.ServingInputReceiver({"trace": trace}, {"trace": trace})


est = tf.estimator.Estimator(quake_fn, model_dir="quake", params={"limit": 2.0})
est.train(events, steps=3)
est.export_saved_model("quake_out", station)
