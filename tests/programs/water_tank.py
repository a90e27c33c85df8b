import tensorflow as tf
import numpy as np


def drain(level, minutes):
    step = tf.constant(0)

    def going(i, l):
        return tf.less(i, minutes)

    def tick(i, l):
        return i + 1, l - 0.1 * tf.sqrt(tf.nn.relu(l) + 1e-6)

    return tf.while_loop(going, tick, [step, level])[1]


def tank_fn(features, labels, mode, params):
    after = drain(features["level"], params["minutes"])
    valve = tf.layers.dense(after, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"valve": valve})
    loss = tf.losses.mean_squared_error(labels, valve)
    op = tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def gauges():
    r = np.random.RandomState(0)
    return tf.data.Dataset.from_tensor_slices(
        ({"level": r.rand(16, 2).astype("float32") + 1}, r.rand(16, 1).astype("float32"))).repeat().batch(4)


def plc():
    level = tf.placeholder(tf.float32, [None, 2], "level")
    return tf.estimator.export.ServingInputReceiver({"level": level}, {"level": level})


def main(unused_argv):
    tank = tf.estimator.Estimator(tank_fn, "tank", params={"minutes": 3})
    tank.train(gauges, steps=3)
    tank.export_savedmodel("tank_out", plc)


if __name__ == "__main__":
    tf.app.run()
