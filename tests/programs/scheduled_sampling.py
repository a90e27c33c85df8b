"""Decoder with scheduled sampling: loops and random choices only while training."""
import numpy as np
import tensorflow.compat.v1 as tf

STEPS = 4
DIM = 3


def decode_teacher(x, cell_fn):
    """Training: a graph loop that may feed its own output back."""
    def body(t, prev, acc):
        use_own = tf.random_uniform([]) < 0.3
        inp = tf.cond(use_own, lambda: prev, lambda: x[:, t])
        out = cell_fn(inp)
        return t + 1, out, acc + out
    init = (tf.constant(0), tf.zeros_like(x[:, 0]), tf.zeros_like(x[:, 0]))
    _, _, total = tf.while_loop(lambda t, *_: t < STEPS, body, init, maximum_iterations=STEPS)
    return total / STEPS


def decode_free(x, cell_fn):
    total = 0.0
    for t in range(STEPS):
        total = total + cell_fn(x[:, t])
    return total / STEPS


class Decoder(object):
    def __init__(self, mode):
        self.mode = mode
        self._dense = tf.layers.Dense(DIM, activation=tf.tanh, name="cell")

    @property
    def sampling(self):
        return self.mode == tf.estimator.ModeKeys.TRAIN

    def cell(self, x):
        return self._dense(x)

    def __call__(self, x):
        self._dense.build(tf.TensorShape([None, DIM]))
        strategy = decode_teacher if self.sampling else decode_free
        return strategy(x, self.cell)


def model_fn(features, labels, mode):
    out = Decoder(mode)(features["seq"])
    value = tf.layers.dense(out, 1, name="value")
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"value": value})
    loss = tf.losses.mean_squared_error(labels, value)
    step = tf.train.get_global_step()
    lr = tf.case([(step < 2, lambda: tf.constant(0.1))], default=lambda: tf.constant(0.01))
    opt = tf.train.GradientDescentOptimizer(lr)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=opt.minimize(loss, global_step=step))


def data():
    rng = np.random.RandomState(4)
    f = {"seq": rng.rand(12, STEPS, DIM).astype(np.float32)}
    return tf.data.Dataset.from_tensor_slices((f, rng.rand(12, 1).astype(np.float32))).repeat().batch(4)


def receiver():
    seq = tf.placeholder(tf.float32, [None, STEPS, DIM], name="seq")
    return tf.estimator.export.ServingInputReceiver({"seq": seq}, {"seq": seq})


if __name__ == "__main__":
    est = tf.estimator.Estimator(model_fn, "decoder")
    est.train(data, steps=2)
    est.export_saved_model("decoder_out", receiver)
