import math

import tensorflow.compat.v1 as tf


def dropout(x, rate):
    if rate is None or rate == 0.0:
        return x
    return tf.nn.dropout(x, rate=rate)


def layer_norm(x, name=None):
    with tf.variable_scope(name, default_name='layer_norm'):
        dim = x.shape[-1].value if hasattr(x.shape[-1], 'value') else x.shape[-1]
        g = tf.get_variable('gamma', [dim], initializer=tf.ones_initializer())
        b = tf.get_variable('beta', [dim], initializer=tf.zeros_initializer())
        mean = tf.reduce_mean(x, axis=-1, keepdims=True)
        var = tf.reduce_mean(tf.squared_difference(x, mean), axis=-1, keepdims=True)
        return (x - mean) * tf.rsqrt(var + 1e-6) * g + b


def gelu(x):
    cdf = 0.5 * (1.0 + tf.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * tf.pow(x, 3))))
    return x * cdf


class MultiHeadAttention(object):
    def __init__(self, hp, rate):
        self.hp = hp
        self.rate = rate

    def build(self):
        init = tf.random_normal_initializer(stddev=0.02)
        self.dense = lambda x, n: tf.layers.dense(x, self.hp.hidden, kernel_initializer=init, name=n)
        return self

    def split(self, x):
        hp = self.hp
        x = tf.reshape(x, [hp.batch_size, hp.seq_len, hp.heads, hp.hidden // hp.heads])
        return tf.transpose(x, [0, 2, 1, 3])

    def __call__(self, x, mask):
        hp = self.hp
        q, k, v = [self.split(self.dense(x, n)) for n in ('q', 'k', 'v')]
        scores = tf.matmul(q, k, transpose_b=True) / math.sqrt(hp.hidden // hp.heads)
        scores += (1.0 - mask) * -1e9
        probs = dropout(tf.nn.softmax(scores), self.rate)
        ctx = tf.transpose(tf.matmul(probs, v), [0, 2, 1, 3])
        ctx = tf.reshape(ctx, [-1, hp.seq_len, hp.hidden])
        return self.dense(ctx, 'o')
