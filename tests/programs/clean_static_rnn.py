"""Recurrence without a dynamic loop; the dynamic decoder is a training aid only."""
import numpy as np
import tensorflow.compat.v1 as tf

rnn_cell = tf.nn.rnn_cell


def encode(frames, units):
    cell = rnn_cell.BasicRNNCell(units)
    outputs, state = tf.nn.static_rnn(cell, tf.unstack(frames, axis=1), dtype=tf.float32)
    return state


def reconstruct(state, frames):
    repeated = tf.stack([state] * 3, axis=1)
    with tf.variable_scope("decoder"):
        out, _ = tf.nn.dynamic_rnn(rnn_cell.BasicRNNCell(2), repeated, dtype=tf.float32)
    return tf.losses.mean_squared_error(frames, out)


def dance_fn(features, labels, mode):
    state = encode(features["frames"], 4)
    style = tf.layers.dense(state, 2)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"style": style})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, style)
    if mode == tf.estimator.ModeKeys.TRAIN:
        loss += 0.1 * reconstruct(state, features["frames"])
    op = tf.train.AdamOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def videos():
    r = np.random.RandomState(9)
    return tf.data.Dataset.from_tensor_slices(
        ({"frames": r.rand(12, 3, 2).astype("float32")}, r.randint(0, 2, 12))).repeat().batch(4)


def stage():
    frames = tf.placeholder(tf.float32, [1, 3, 2], name="frames")
    return tf.estimator.export.ServingInputReceiver({"frames": frames}, {"frames": frames})


def forecast_experiment(x):
    return tf.nn.dynamic_rnn(rnn_cell.GRUCell(3), x, dtype=tf.float32)[0]


if __name__ == "__main__":
    est = tf.estimator.Estimator(dance_fn, "dance")
    est.train(videos, steps=3)
    est.export_saved_model("dance_out", stage)
