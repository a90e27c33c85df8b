import tensorflow as tf

layers = tf.compat.v1.layers


def deep(x, drop, training):
    x = layers.dense(x, 6, tf.nn.relu)
    x = layers.dropout(x, drop, training=training)
    x = layers.dense(x, 4, tf.nn.relu)
    x = tf.nn.dropout(x, rate=drop)
    return layers.dense(x, 1)


def wide(x, drop, training):
    return layers.dense(tf.nn.dropout(x, rate=drop), 1)


def recurrent(x, drop, training):
    cell = tf.compat.v1.nn.rnn_cell.GRUCell(4)
    _, state = tf.compat.v1.nn.dynamic_rnn(cell, tf.expand_dims(x, 1), dtype=tf.float32)
    return layers.dense(state, 1)


NETWORKS = {"deep": deep, "wide": wide, "recurrent": recurrent}
