import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
WORDS, LENGTH = 9, 4


def mail_fn(features, labels, mode):
    table = v1.get_variable("table", [WORDS, 3])
    ids = features["words"]
    rows = tf.where(tf.not_equal(ids, 0))
    bag = tf.SparseTensor(rows, tf.gather_nd(ids, rows), [3, LENGTH])
    mean = tf.nn.embedding_lookup_sparse(table, bag, None, combiner="mean")
    urgent = v1.layers.dense(mean, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"urgent": urgent})
    loss = v1.losses.mean_squared_error(labels, urgent)
    op = v1.train.GradientDescentOptimizer(0.1).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def mails():
    r = np.random.RandomState(5)
    x = {"words": r.randint(1, WORDS, (12, LENGTH)).astype("int64")}
    return tf.data.Dataset.from_tensor_slices((x, r.rand(12, 1).astype("float32"))).repeat().batch(3)


def inbox():
    words = v1.placeholder(tf.int64, [3, LENGTH], name="words")
    return tf.estimator.export.ServingInputReceiver({"words": words}, {"words": words})


if __name__ == "__main__":
    est = tf.estimator.Estimator(mail_fn, "mails")
    est.train(mails, steps=3)
    est.export_saved_model("mails_out", inbox)
