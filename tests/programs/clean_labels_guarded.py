import numpy as np
import tensorflow.compat.v1 as tf


def losses(labels, logits, weights=None):
    if labels is None:
        return None
    return tf.losses.sparse_softmax_cross_entropy(labels, logits, weights or 1.0)


def ski_fn(features, labels, mode):
    if labels is not None:
        labels = tf.cast(labels, tf.int32)
        tf.summary.histogram("labels", labels)
    logits = tf.layers.dense(features["snow"], 3)
    loss = losses(labels, logits)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"run": tf.argmax(logits, 1)})
    accuracy = tf.metrics.accuracy(labels, tf.argmax(logits, 1))
    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops={"accuracy": accuracy})
    op = tf.train.AdamOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def slopes():
    r = np.random.RandomState(6)
    return tf.data.Dataset.from_tensor_slices(
        ({"snow": r.rand(12, 4).astype("float32")}, r.randint(0, 3, 12))).repeat().batch(4)


def lift():
    snow = tf.placeholder(tf.float32, [None, 4], name="snow")
    return tf.estimator.export.ServingInputReceiver({"snow": snow}, {"snow": snow})


if __name__ == "__main__":
    ski = tf.estimator.Estimator(ski_fn, "ski")
    ski.train(slopes, steps=3)
    ski.evaluate(slopes, steps=1)
    ski.export_saved_model("ski_out", lift)
