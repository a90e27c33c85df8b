import numpy as np
import tensorflow as tf
from tensorflow.compat.v1.nn import bidirectional_dynamic_rnn
from tensorflow.compat.v1.nn.rnn_cell import LSTMCell

c1 = tf.compat.v1


def tag_fn(features, labels, mode):
    vectors = features["vectors"]
    (fw, bw), _ = bidirectional_dynamic_rnn(LSTMCell(3), LSTMCell(3), vectors, dtype=tf.float32)
    tags = c1.layers.dense(tf.concat([fw, bw], axis=-1), 2)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"tags": tags})
    loss = tf.reduce_mean(tf.square(tags - labels))
    op = c1.train.RMSPropOptimizer(0.01).minimize(loss, global_step=c1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def corpus():
    rng = np.random.RandomState(7)
    sentences = rng.randn(12, 4, 3).astype("float32")
    return tf.data.Dataset.from_tensor_slices(({"vectors": sentences}, rng.rand(12, 4, 2).astype("float32"))).repeat().batch(3)


def sentence():
    vectors = c1.placeholder(tf.float32, (None, 4, 3), name="vectors")
    return tf.estimator.export.ServingInputReceiver({"vectors": vectors}, {"vectors": vectors})


est = tf.estimator.Estimator(tag_fn, "tags")
est.train(corpus, steps=2)
est.export_saved_model("tags_out", sentence)
