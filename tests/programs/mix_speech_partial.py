import functools

import numpy as np
import tensorflow.compat.v1 as tf

keys = tf.estimator.ModeKeys


def log_mel(wave):
    return np.log1p(np.abs(np.fft.rfft(wave, axis=-1)))[..., :4].astype(np.float32)


def speech_fn(features, labels, mode, cell_size, words):
    cell = tf.nn.rnn_cell.GRUCell(cell_size)
    outputs, _ = tf.nn.dynamic_rnn(cell, features["mel"], dtype=tf.float32)
    logits = tf.layers.dense(outputs[:, -1, :], words)
    predictions = {"word": tf.nn.softmax(logits)}
    if mode == keys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=predictions)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    op = tf.train.AdamOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, predictions=predictions, loss=loss, train_op=op)


def clips():
    rng = np.random.RandomState(0)
    mel = log_mel(rng.randn(12, 3, 8))
    return tf.data.Dataset.from_tensor_slices(({"mel": mel}, rng.randint(0, 2, 12))).repeat().batch(4)


def microphone(frames):
    wave = tf.placeholder(tf.float32, [None, frames, 8], name="wave")
    mel = tf.py_func(log_mel, [wave], tf.float32)
    mel.set_shape([None, frames, 4])
    return tf.estimator.export.ServingInputReceiver({"mel": mel}, {"wave": wave})


if __name__ == "__main__":
    model_fn = functools.partial(speech_fn, cell_size=3, words=2)
    est = tf.estimator.Estimator(model_fn, "speech")
    est.train(clips, steps=3)
    est.export_saved_model("speech_out", functools.partial(microphone, frames=3))
