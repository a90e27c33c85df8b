import tensorflow as tf


def whiten(row):
    return (row - tf.reduce_mean(row)) / (tf.math.reduce_std(row) + 1e-3)


def whiten_rows(batch):
    return tf.map_fn(whiten, batch)
