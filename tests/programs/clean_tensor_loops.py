"""Python loops and comprehensions unroll; the looped sampler serves the summaries."""
import numpy as np
import tensorflow.compat.v1 as tf


def smooth(x, times):
    for _ in range(times):
        x = 0.5 * x + 0.5 * tf.tanh(x)
    return x


def sample(x):
    counter = tf.constant(0)
    return tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y + tf.random_uniform(tf.shape(y))], [counter, x])


def pick(x, first):
    return tf.cond(first, lambda: x[:, :1], lambda: x[:, 1:2])


def sauce_fn(features, labels, mode, params):
    x = smooth(features["spice"], params["times"])
    heat = tf.add_n([tf.layers.dense(x, 1, name="head_%d" % i) for i in range(2)])
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"heat": heat})
    loss = tf.losses.mean_squared_error(labels, heat)
    if mode == tf.estimator.ModeKeys.EVAL:
        metric = tf.metrics.mean(pick(x, tf.constant(True)))
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops={"first": metric})
    tf.summary.histogram("sampled", sample(x)[1])
    op = tf.train.AdamOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def pots():
    r = np.random.RandomState(10)
    return tf.data.Dataset.from_tensor_slices(
        ({"spice": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def spoon():
    spice = tf.placeholder(tf.float32, [None, 2], name="spice")
    return tf.estimator.export.ServingInputReceiver({"spice": spice}, {"spice": spice})


if __name__ == "__main__":
    sauce = tf.estimator.Estimator(sauce_fn, "sauce", params=tf.estimator.inputs and {"times": 2})
    sauce.train(pots, steps=3)
    sauce.evaluate(pots, steps=1)
    sauce.export_saved_model("sauce_out", spoon)
