"""Methods and functions that only share a name with TensorFlow's."""
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tensorflow as tf


class Recipe:
    """Plain Python; nothing here is a graph."""

    def __init__(self, steps):
        self.steps = list(steps)

    def map(self, fn):
        return Recipe(fn(step) for step in self.steps)

    def while_loop(self, test, body):
        while test(self.steps):
            self.steps = body(self.steps)
        return self

    def dropout(self, rate):
        return Recipe(self.steps[: int(len(self.steps) * (1 - rate))])

    def py_func(self, fn):
        return fn(self.steps)


def cond(test, yes, no):
    return yes() if test else no()


def parse_example(line):
    return [float(part) for part in line.split(",")]


def decode_jpeg(blob):
    return np.frombuffer(blob, np.uint8).astype(np.float32)


recipe = Recipe([8, 4, 2]).map(lambda n: n + 1)
recipe = recipe.while_loop(lambda s: len(s) > 2, lambda s: s[1:]).dropout(0.0)
WIDTHS = recipe.py_func(sorted)
DEPTH = cond(len(WIDTHS) > 1, lambda: 1, lambda: 2)


def cake_fn(features, labels, mode):
    net = features["flour"]
    for width in WIDTHS[:DEPTH]:
        net = tf.compat.v1.layers.dense(net, width, tf.nn.relu)
    height = tf.compat.v1.layers.dense(net, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"height": height})
    loss = tf.compat.v1.losses.mean_squared_error(labels, height)
    op = tf.compat.v1.train.AdamOptimizer(0.01).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def cakes():
    with ThreadPoolExecutor(2) as pool:
        x = np.array(list(pool.map(parse_example, ["1,2,3", "2,3,4", "4,5,6", "0,1,2"])), np.float32)
    y = np.stack([decode_jpeg(bytes([i])) for i in range(4)])
    return tf.data.Dataset.from_tensor_slices(({"flour": x}, y)).repeat().batch(2)


def kitchen():
    flour = tf.compat.v1.placeholder(tf.float32, [None, 3], name="flour")
    return tf.estimator.export.ServingInputReceiver({"flour": flour}, {"flour": flour})


if __name__ == "__main__":
    est = tf.estimator.Estimator(cake_fn, "cake")
    est.train(cakes, steps=3)
    est.export_saved_model("cake_out", kitchen)
