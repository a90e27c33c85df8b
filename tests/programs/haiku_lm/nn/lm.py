import numpy as np
import tensorflow.compat.v1 as tf

from .attention import MultiHeadAttention, dropout, gelu, layer_norm


class TransformerLM:
    def __init__(self, hp, is_training):
        self.hp = hp
        rate = hp.dropout
        if not is_training:
            rate = 0.0
        self.rate = rate
        self.layers = [MultiHeadAttention(hp, rate).build() for _ in range(hp.n_layers)]

    def __call__(self, ids):
        hp = self.hp
        emb = tf.get_variable('wte', [hp.vocab, hp.hidden])
        pos = tf.get_variable('wpe', [hp.seq_len, hp.hidden])
        h = tf.nn.embedding_lookup(emb, ids) + pos[tf.newaxis]
        h = dropout(h, self.rate)
        mask = tf.constant(np.tril(np.ones((1, 1, hp.seq_len, hp.seq_len), 'float32')))
        for i, attn in enumerate(self.layers):
            with tf.variable_scope('h%d' % i):
                h = h + dropout(attn(layer_norm(h, 'ln_1'), mask), self.rate)
                with tf.variable_scope('mlp'):
                    m = gelu(tf.layers.dense(layer_norm(h), hp.hidden * 4))
                    m = tf.layers.dense(m, hp.hidden)
                h = h + dropout(m, hp.dropout)
        h = layer_norm(h, 'ln_f')
        return tf.einsum('bsh,vh->bsv', h, emb)
