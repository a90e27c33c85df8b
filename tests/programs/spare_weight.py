import numpy as np
import tensorflow.compat.v1 as tf


def bike_fn(features, labels, mode, params):
    rides = tf.layers.dense(features["weather"], params["outputs"])
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"rides": rides})
    loss = tf.losses.mean_squared_error(labels, rides, weights=features["trust"])
    op = tf.train.AdamOptimizer(0.05).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def stations():
    r = np.random.RandomState(4)
    x = {"weather": r.rand(12, 3).astype("float32"), "trust": r.rand(12, 1).astype("float32")}
    return tf.data.Dataset.from_tensor_slices((x, r.rand(12, 1).astype("float32"))).repeat().batch(4)


if __name__ == "__main__":
    bikes = tf.estimator.Estimator(bike_fn, "bikes", params={"outputs": 1})
    bikes.train(stations, steps=3)
    with tf.Graph().as_default():
        receiver = tf.estimator.export.build_raw_serving_input_receiver_fn({
            "weather": tf.placeholder(tf.float32, [None, 3], name="weather"),
            "trust": tf.placeholder(tf.float32, [None, 1], name="trust")})
    bikes.export_saved_model("bikes_out", receiver)
