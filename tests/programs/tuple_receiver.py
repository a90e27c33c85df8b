import numpy as np
import tensorflow.compat.v1 as tf


def soil_fn(features, labels, mode):
    crop = tf.layers.dense(features["ph"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"crop": crop})
    loss = tf.losses.mean_squared_error(labels, crop)
    op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def fields():
    r = np.random.RandomState(2)
    return tf.data.Dataset.from_tensor_slices(
        ({"ph": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def shovel():
    features = {"ph": tf.placeholder(tf.float32, [None, 2], name="ph")}
    return features, features


if __name__ == "__main__":
    soil = tf.estimator.Estimator(soil_fn, "soil")
    soil.train(fields, steps=3)
    soil.export_saved_model("soil_out", shovel)
