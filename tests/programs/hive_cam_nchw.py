import numpy as np
import tensorflow as tf


def cam_fn(features, labels, mode, params):
    x = features["frame"]
    kernel = tf.compat.v1.get_variable("kernel", [3, 3, 2, 3])
    if mode == tf.estimator.ModeKeys.PREDICT and params["nchw"]:
        x = tf.nn.max_pool2d(tf.transpose(x, [0, 3, 1, 2]), 2, 2, "VALID", data_format="NCHW")
        x = tf.transpose(x, [0, 2, 3, 1])
    else:
        x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.nn.conv2d(x, kernel, strides=1, padding="SAME")
    bees = tf.compat.v1.layers.dense(tf.reduce_mean(x, [1, 2]), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"bees": bees})
    loss = tf.compat.v1.losses.mean_squared_error(labels, bees)
    op = tf.compat.v1.train.AdamOptimizer().minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def film():
    r = np.random.RandomState(9)
    return tf.data.Dataset.from_tensor_slices(
        ({"frame": r.rand(8, 4, 4, 2).astype("float32")}, r.rand(8, 1).astype("float32"))).repeat().batch(4)


def lens():
    frame = tf.compat.v1.placeholder(tf.float32, [None, 4, 4, 2], name="frame")
    return tf.estimator.export.ServingInputReceiver({"frame": frame}, {"frame": frame})


def main():
    cam = tf.estimator.Estimator(cam_fn, "cam", params={"nchw": True})
    cam.train(film, steps=2)
    cam.export_saved_model("cam_out", lens)


main()
