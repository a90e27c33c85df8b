import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def song_fn(features, labels, mode):
    with v1.variable_scope("songs", partitioner=v1.fixed_size_partitioner(2)):
        table = v1.get_variable("table", [10, 3])
    song = tf.nn.embedding_lookup(table, features["song"])
    plays = v1.layers.dense(song, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"plays": plays})
    loss = v1.losses.mean_squared_error(labels, plays)
    op = v1.train.GradientDescentOptimizer(0.1).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def radio():
    r = np.random.RandomState(3)
    return tf.data.Dataset.from_tensor_slices(
        ({"song": r.randint(0, 10, 20).astype("int32")}, r.rand(20, 1).astype("float32"))).repeat().batch(5)


def player():
    song = v1.placeholder(tf.int32, [None], name="song")
    return tf.estimator.export.ServingInputReceiver({"song": song}, {"song": song})


if __name__ == "__main__":
    est = tf.estimator.Estimator(song_fn, "songs")
    est.train(radio, steps=3)
    est.export_saved_model("songs_out", player)
