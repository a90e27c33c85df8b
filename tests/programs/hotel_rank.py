import numpy as np
import tensorflow.compat.v1 as tf


def season_weights():
    table = tf.data.Dataset.from_tensors(np.array([0.1, 0.2, 0.3, 0.4], np.float32)).repeat()
    return tf.data.make_one_shot_iterator(table).get_next()


def rank_fn(features, labels, mode):
    rank = tf.layers.dense(features["stay"], 1, use_bias=False)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"rank": rank})
    loss = tf.losses.huber_loss(labels, rank)
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=tf.train.AdagradOptimizer(0.1).minimize(loss, tf.train.get_global_step()))


def bookings():
    rng = np.random.RandomState(6)
    data = tf.data.Dataset.from_tensor_slices(
        ({"stay": rng.rand(20, 4).astype(np.float32)}, rng.rand(20, 1).astype(np.float32)))
    return tf.data.make_one_shot_iterator(data.repeat().batch(5)).get_next()


def lobby():
    stay = tf.placeholder(tf.float32, [None, 4], name="stay")
    return tf.estimator.export.ServingInputReceiver({"stay": stay * season_weights()}, {"stay": stay})


if __name__ == "__main__":
    est = tf.estimator.Estimator(rank_fn, "hotel")
    est.train(bookings, steps=3)
    est.export_saved_model("hotel_out", lobby)
