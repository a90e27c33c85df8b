"""Two faults, one behind the other: the dict first, the training data's dtype next."""
import numpy as np
import tensorflow as tf

X = np.array([[0.1, 0.2], [0.4, 0.1], [0.7, 0.9], [0.3, 0.8]])
Y = np.array([0, 1, 1, 0])


def paint_fn(features, labels, mode):
    hidden = tf.compat.v1.layers.Dense(3, activation="relu")(features)
    logits = tf.compat.v1.layers.Dense(2)(hidden)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"dry": tf.nn.softmax(logits)})
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels, logits)
    op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def coats():
    return tf.data.Dataset.from_tensor_slices((X, Y)).map(lambda x, y: (x * 2.0, y)).repeat().batch(2)


def brush():
    wall = tf.compat.v1.placeholder(tf.float32, [None, 2], name="wall")
    return tf.estimator.export.ServingInputReceiver({"wall": wall}, {"wall": wall})


if __name__ == "__main__":
    painter = tf.estimator.Estimator(paint_fn, model_dir="paint")
    painter.train(coats, steps=3)
    painter.export_saved_model("paint_out", brush)
