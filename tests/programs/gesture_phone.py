"""A gesture model for one phone: the receiver fixes the batch, so the recurrence is static where TensorFlow allows it."""
import numpy as np
import tensorflow.compat.v1 as tf

T, AXES = 4, 3


class GestureNet(object):
    def __init__(self, units):
        self.units = units

    def encode(self, motion):
        cell = tf.nn.rnn_cell.BasicRNNCell(self.units)
        _, state = tf.nn.dynamic_rnn(cell, motion, dtype=tf.float32)
        return state

    def __call__(self, features, labels, mode):
        logits = tf.layers.dense(self.encode(features["motion"]), 2)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={"gesture": logits})
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train_op = tf.train.AdamOptimizer(0.01).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def recordings():
    rng = np.random.RandomState(2)
    motion = rng.randn(12, T, AXES).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"motion": motion}, rng.randint(0, 2, 12))).repeat().batch(4)


def phone():
    motion = tf.placeholder(tf.float32, [1, T, AXES], name="motion")
    return tf.estimator.export.ServingInputReceiver({"motion": motion}, {"motion": motion})


if __name__ == "__main__":
    net = GestureNet(units=5)
    est = tf.estimator.Estimator(net.__call__, "gesture")
    est.train(recordings, steps=3)
    est.export_saved_model("gesture_out", phone)
