import numpy as np
import tensorflow as tf

STREETS = ["elm", "oak", "ash", "fir"]


def lookup(names):
    init = tf.lookup.KeyValueTensorInitializer(STREETS, np.arange(len(STREETS), dtype=np.int64))
    return tf.lookup.StaticVocabularyTable(init, num_oov_buckets=2).lookup(names)


def street_fn(features, labels, mode):
    ids = lookup(features["street"])
    price = tf.compat.v1.layers.dense(tf.one_hot(ids, len(STREETS) + 2), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"price": price})
    loss = tf.compat.v1.losses.mean_squared_error(labels, price)
    op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def sold():
    price = np.arange(8, dtype=np.float32).reshape(8, 1)
    return tf.data.Dataset.from_tensor_slices(({"street": STREETS * 2}, price)).repeat().batch(4)


def agent():
    street = tf.compat.v1.placeholder(tf.string, [None], name="street")
    return tf.estimator.export.ServingInputReceiver({"street": street}, {"street": street})


if __name__ == "__main__":
    est = tf.estimator.Estimator(street_fn, "streets")
    est.train(sold, steps=3)
    est.export_saved_model("streets_out", agent)
