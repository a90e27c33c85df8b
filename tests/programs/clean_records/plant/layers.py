import tensorflow as tf

dense = tf.compat.v1.layers.dense


def block(x, units, is_training, rate=0.3):
    x = dense(x, units, activation=tf.nn.relu)
    if is_training:
        x = tf.nn.dropout(x, rate=rate)
    return x
