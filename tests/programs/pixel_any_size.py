import numpy as np
import tensorflow as tf


def tone_fn(features, labels, mode):
    x = tf.compat.v1.layers.conv2d(features["image"], 3, 3, padding="same", activation=tf.nn.relu)
    tone = tf.compat.v1.layers.dense(tf.reduce_mean(x, axis=[1, 2]), 2)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"tone": tone})
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels, tone)
    op = tf.compat.v1.train.AdamOptimizer().minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def album():
    r = np.random.RandomState(1)
    return tf.data.Dataset.from_tensor_slices(
        ({"image": r.rand(8, 6, 6, 3).astype("float32")}, r.randint(0, 2, 8))).repeat().batch(4)


def any_picture():
    image = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3], name="image")
    return tf.estimator.export.ServingInputReceiver({"image": image}, {"image": image})


if __name__ == "__main__":
    est = tf.estimator.Estimator(tone_fn, "tone")
    est.train(album, steps=2)
    est.export_saved_model("tone_out", any_picture)
