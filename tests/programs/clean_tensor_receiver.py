"""Bare tensors everywhere, a receiver for bare tensors, and float64 that is cast before it matters."""
import numpy as np
import tensorflow as tf

c = tf.compat.v1


def milk_fn(features, labels, mode):
    fat = tf.cast(features, tf.float32)
    grade = c.layers.dense(c.layers.dense(fat, 4, tf.nn.tanh), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=grade)
    loss = tf.reduce_mean(tf.square(tf.cast(labels, tf.float32) - grade))
    op = c.train.GradientDescentOptimizer(0.1).minimize(loss, c.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def dairy():
    r = np.random.RandomState(5)
    litres = r.rand(12, 3)
    return tf.data.Dataset.from_tensor_slices((litres, r.rand(12, 1))).repeat().batch(4)


def jug():
    litres = c.placeholder(tf.float32, [None, 3], name="litres")
    return tf.estimator.export.TensorServingInputReceiver(litres, litres)


if __name__ == "__main__":
    milk = tf.estimator.Estimator(milk_fn, "milk")
    milk.train(dairy, steps=3)
    milk.export_saved_model("milk_out", jug)
