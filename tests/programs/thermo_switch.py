import numpy as np
import tensorflow.compat.v1 as tf


def heat_curve(temp, cold):
    warm = tf.reduce_mean(temp) > cold
    return tf.cond(warm, lambda: temp * 0.5, lambda: temp * 2.0)


def season(temp, kind):
    return tf.case(
        [(tf.equal(kind, 0), lambda: temp + 1.0), (tf.equal(kind, 1), lambda: temp - 1.0)],
        default=lambda: temp, exclusive=True)


def switch_fn(features, labels, mode):
    temp = heat_curve(features["temp"], 0.4)
    temp = season(temp, features["kind"][0])
    on = tf.layers.dense(temp, 1, activation=tf.sigmoid)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"on": on})
    loss = tf.losses.log_loss(labels, on)
    op = tf.train.AdamOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rooms():
    r = np.random.RandomState(4)
    x = {"temp": r.rand(16, 3).astype("float32"), "kind": r.randint(0, 3, 16).astype("int32")}
    return tf.data.Dataset.from_tensor_slices((x, r.randint(0, 2, (16, 1)))).repeat().batch(4)


def boiler():
    x = {"temp": tf.placeholder(tf.float32, [None, 3], "temp"), "kind": tf.placeholder(tf.int32, [None], "kind")}
    return tf.estimator.export.ServingInputReceiver(x, x)


if __name__ == "__main__":
    thermostat = tf.estimator.Estimator(switch_fn, model_dir="thermo")
    thermostat.train(rooms, steps=3)
    thermostat.export_saved_model("thermo_out", boiler)
