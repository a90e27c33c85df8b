import numpy as np
import tensorflow.compat.v1 as tf

SITES = 6


def click_fn(features, labels, mode):
    seen = features["seen"]
    if isinstance(seen, tf.SparseTensor):
        seen = tf.sparse_tensor_to_dense(seen)
    seen.set_shape([None, SITES])
    rate = tf.layers.dense(seen, 1, activation=tf.sigmoid)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"rate": rate})
    loss = tf.losses.log_loss(labels, rate)
    op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def visits():
    r = np.random.RandomState(2)
    return tf.data.Dataset.from_tensor_slices(
        ({"seen": r.randint(0, 2, (16, SITES)).astype("float32")}, r.randint(0, 2, (16, 1)))).repeat().batch(4)


def browser():
    seen = tf.sparse_placeholder(tf.float32, shape=[None, SITES], name="seen")
    return tf.estimator.export.ServingInputReceiver({"seen": seen}, {"seen": seen})


if __name__ == "__main__":
    clicks = tf.estimator.Estimator(click_fn, "clicks")
    clicks.train(visits, steps=3)
    clicks.export_saved_model("clicks_out", browser)
