import tensorflow.compat.v1 as tf


def build_cell(units, mode, dropout):
    cell = tf.nn.rnn_cell.GRUCell(units)
    if mode == tf.estimator.ModeKeys.TRAIN and dropout > 0.0:
        cell = tf.nn.rnn_cell.DropoutWrapper(cell, input_keep_prob=1.0 - dropout)
    return cell


class Seq2Seq(object):
    def __init__(self, hp, mode):
        self.hp = hp
        self.mode = mode

    def embed(self, ids):
        with tf.variable_scope("embedding", reuse=tf.AUTO_REUSE):
            table = tf.get_variable("table", [self.hp.vocab, self.hp.units])
        return tf.nn.embedding_lookup(table, ids)

    def encode(self, src):
        with tf.variable_scope("encoder"):
            cell = build_cell(self.hp.units, self.mode, self.hp.dropout)
            outputs, state = tf.nn.dynamic_rnn(cell, self.embed(src), dtype=tf.float32)
        return outputs, state

    def attend(self, query, memory):
        score = tf.reduce_sum(memory * tf.expand_dims(query, 1), axis=2)
        weights = tf.nn.softmax(score)
        return tf.reduce_sum(memory * tf.expand_dims(weights, 2), axis=1)

    def step(self, tokens, state, memory):
        with tf.variable_scope("decoder", reuse=tf.AUTO_REUSE):
            cell = tf.nn.rnn_cell.GRUCell(self.hp.units, name="gru")
            x = tf.concat([self.embed(tokens), self.attend(state, memory)], axis=1)
            out, state = cell(x, state)
            logits = tf.layers.dense(out, self.hp.vocab, name="project")
        return logits, state

    def teacher_forcing(self, memory, state, tgt_in):
        all_logits = []
        for t in range(self.hp.tgt_len):
            logits, state = self.step(tgt_in[:, t], state, memory)
            all_logits.append(logits)
        return tf.stack(all_logits, axis=1)

    def greedy(self, memory, state, batch):
        start = tf.fill([batch], self.hp.sos)
        ids = tf.TensorArray(tf.int32, size=self.hp.tgt_len)

        def cond(t, *_):
            return t < self.hp.tgt_len

        def body(t, tokens, state, ids):
            logits, state = self.step(tokens, state, memory)
            tokens = tf.argmax(logits, axis=1, output_type=tf.int32)
            return t + 1, tokens, state, ids.write(t, tokens)

        loop = tf.while_loop(cond, body, [0, start, state, ids])
        return tf.transpose(loop[3].stack(), [1, 0])


def model_fn(features, labels, mode, params):
    hp = params["hp"]
    net = Seq2Seq(hp, mode)
    src = features["src"]
    memory, state = net.encode(src)
    if mode == tf.estimator.ModeKeys.PREDICT:
        translation = net.greedy(memory, state, tf.shape(src)[0])
        return tf.estimator.EstimatorSpec(mode, predictions={"translation": translation})
    go = tf.fill([tf.shape(src)[0], 1], hp.sos)
    tgt_in = tf.concat([go, labels[:, :-1]], axis=1)
    logits = net.teacher_forcing(memory, state, tgt_in)
    weights = tf.cast(tf.not_equal(labels, 0), tf.float32)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits, weights)
    train_op = tf.train.AdamOptimizer(hp.lr).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)
