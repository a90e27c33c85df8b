import numpy as np
import tensorflow.compat.v1 as tf

BATCH = 4


def floor_fn(features, labels, mode):
    flat = tf.reshape(features["tile"], [BATCH, 6])
    wear = tf.layers.dense(flat, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"wear": wear})
    loss = tf.losses.mean_squared_error(labels, wear)
    op = tf.train.AdamOptimizer().minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def floors():
    r = np.random.RandomState(8)
    return tf.data.Dataset.from_tensor_slices(
        ({"tile": r.rand(16, 2, 3).astype("float32")}, r.rand(16, 1).astype("float32"))).repeat().batch(BATCH)


def scanner():
    tile = tf.placeholder(tf.float32, [None, 2, 3], name="tile")
    return tf.estimator.export.ServingInputReceiver({"tile": tile}, {"tile": tile})


if __name__ == "__main__":
    est = tf.estimator.Estimator(floor_fn, "floor")
    est.train(floors, steps=3)
    est.export_saved_model("floor_out", scanner)
