import numpy as np
import tensorflow as tf


def pulse_fn(features, labels, mode):
    wave = features["wave"]
    summary = tf.keras.layers.LSTM(4)(wave)
    rate = tf.compat.v1.layers.dense(summary, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"rate": rate})
    loss = tf.compat.v1.losses.mean_squared_error(labels, rate)
    optimizer = tf.compat.v1.train.AdamOptimizer(0.01)
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=optimizer.minimize(loss, tf.compat.v1.train.get_global_step()))


def patients():
    rng = np.random.RandomState(12)
    return tf.data.Dataset.from_tensor_slices(
        ({"wave": rng.randn(16, 5, 1).astype(np.float32)}, rng.rand(16, 1).astype(np.float32))).repeat().batch(4)


def sensor():
    wave = tf.compat.v1.placeholder(tf.float32, [None, 5, 1], name="wave")
    return tf.estimator.export.ServingInputReceiver({"wave": wave}, {"wave": wave})


if __name__ == "__main__":
    est = tf.estimator.Estimator(pulse_fn, "pulse")
    est.train(patients, steps=3)
    est.export_saved_model("pulse_out", sensor)
