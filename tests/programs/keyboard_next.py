import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
KEYS, STEPS = 12, 5


def next_key_fn(features, labels, mode, params):
    table = v1.get_variable("keys", shape=[KEYS, params["dim"]])
    typed = tf.nn.embedding_lookup(table, features["typed"])
    cell = v1.nn.rnn_cell.GRUCell(params["dim"])
    outputs, last = v1.nn.dynamic_rnn(cell, typed, dtype=tf.float32)
    logits = v1.layers.dense(last, KEYS)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"next": tf.nn.softmax(logits)})
    loss = v1.losses.sparse_softmax_cross_entropy(labels, logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        hits = v1.metrics.accuracy(labels, tf.argmax(logits, 1))
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops={"hits": hits})
    train = v1.train.AdamOptimizer(0.01).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train)


def strokes():
    rng = np.random.RandomState(1)
    x = {"typed": rng.randint(0, KEYS, (24, STEPS)).astype(np.int32)}
    return tf.data.Dataset.from_tensor_slices((x, rng.randint(0, KEYS, 24))).repeat().batch(6)


def thumb():
    typed = v1.placeholder(tf.int32, [None, STEPS], name="typed")
    return tf.estimator.export.ServingInputReceiver({"typed": typed}, {"typed": typed})


if __name__ == "__main__":
    model = tf.estimator.Estimator(next_key_fn, "keyboard", params={"dim": 4})
    model.train(strokes, steps=3)
    model.export_saved_model("keyboard_out", thumb)
