import numpy as np
import tensorflow.compat.v1 as tf

KINDS, LATENT = 40, 6


def seed_fn(features, labels, mode):
    table = tf.get_variable("kind", [KINDS, LATENT])
    latent = tf.gather(table, features["kind"])
    days = tf.layers.dense(latent, 1, name="days")
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"days": days})
    loss = tf.reduce_mean(tf.abs(days - labels))
    op = tf.train.AdagradOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def sowings():
    rng = np.random.RandomState(11)
    kind = rng.randint(0, KINDS, 30).astype(np.int32)
    return tf.data.Dataset.from_tensor_slices(({"kind": kind}, kind[:, None].astype(np.float32))).repeat().batch(5)


def packet():
    kind = tf.placeholder(tf.int32, [None], name="kind")
    return tf.estimator.export.ServingInputReceiver({"kind": kind}, {"kind": kind})


if __name__ == "__main__":
    est = tf.estimator.Estimator(seed_fn, "seeds")
    est.train(sowings, steps=3)
    est.export_saved_model("seeds_out", packet)
