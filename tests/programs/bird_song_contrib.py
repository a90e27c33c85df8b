import numpy as np
import tensorflow as tf

rnn = tf.contrib.rnn


def song_fn(features, labels, mode, params):
    mel = tf.transpose(features["mel"], [1, 0, 2])
    cell = rnn.LSTMBlockFusedCell(params["units"])
    outputs, _ = cell(mel, dtype=tf.float32)
    species = tf.layers.dense(outputs[-1], 3)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"species": species})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, species)
    op = tf.train.AdamOptimizer().minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def dawn():
    r = np.random.RandomState(12)
    return tf.data.Dataset.from_tensor_slices(
        ({"mel": r.rand(8, 4, 3).astype("float32")}, r.randint(0, 3, 8))).repeat().batch(4)


def microphone():
    mel = tf.placeholder(tf.float32, [1, 4, 3], name="mel")
    return tf.estimator.export.ServingInputReceiver({"mel": mel}, {"mel": mel})


if __name__ == "__main__":
    est = tf.estimator.Estimator(song_fn, "birds", params={"units": 4})
    est.train(dawn, steps=2)
    est.export_savedmodel("birds_out", microphone)
