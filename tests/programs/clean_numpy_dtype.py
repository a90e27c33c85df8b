import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
TABLE = np.genfromtxt(["1,2,0.5", "2,1,0.25", "3,5,1.5", "4,2,2.5"], delimiter=",")


def glass_fn(features, labels, mode):
    strength = v1.layers.dense(features["mix"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"strength": strength})
    loss = v1.losses.mean_squared_error(labels, strength)
    op = v1.train.GradientDescentOptimizer(0.01).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def single(mix, target):
    return {"mix": tf.cast(mix, tf.float32)}, tf.cast(target, tf.float32)


def furnace():
    data = tf.data.Dataset.from_tensor_slices((TABLE[:, :2], TABLE[:, 2:]))
    return data.map(single).repeat().batch(2)


def mould():
    mix = v1.placeholder(tf.float32, [None, 2], name="mix")
    return tf.estimator.export.ServingInputReceiver({"mix": mix}, {"mix": mix})


if __name__ == "__main__":
    glass = tf.estimator.Estimator(glass_fn, "glass")
    glass.train(furnace, steps=3)
    glass.export_saved_model("glass_out", mould)
