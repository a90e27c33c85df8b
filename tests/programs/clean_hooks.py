"""Control flow in hooks, scaffolds and the sampler of the input pipeline; the model itself is plain."""
import numpy as np
import tensorflow.compat.v1 as tf


class CoolDown(tf.train.SessionRunHook):
    def begin(self):
        self.step = tf.train.get_global_step()
        self.rate = tf.cond(self.step > 2, lambda: 0.1, lambda: 1.0)

    def before_run(self, run_context):
        return tf.train.SessionRunArgs(self.rate)


def scaffold():
    def init_fn(_, session):
        session.run(tf.global_variables()[0].initializer)

    return tf.train.Scaffold(init_fn=init_fn)


def lake_fn(features, labels, mode):
    algae = tf.layers.dense(features["light"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"algae": algae})
    loss = tf.losses.mean_squared_error(labels, algae)
    op = tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op, training_hooks=[CoolDown()])


def drift(x):
    return tf.while_loop(lambda i, v: i < 4, lambda i, v: (i + 1, v + 0.1), (0, x))[1]


def year():
    r = np.random.RandomState(8)
    data = tf.data.Dataset.from_tensor_slices((r.rand(12, 2).astype("float32"), r.rand(12, 1).astype("float32")))
    data = data.filter(lambda x, y: tf.py_func(lambda v: v.sum() > 0, [x], tf.bool))
    return data.map(lambda x, y: ({"light": drift(x)}, y)).repeat().batch(4)


def buoy():
    light = tf.placeholder(tf.float32, [None, 2], name="light")
    return tf.estimator.export.ServingInputReceiver({"light": light}, {"light": light})


if __name__ == "__main__":
    lake = tf.estimator.Estimator(lake_fn, "lake")
    lake.train(year, steps=3)
    lake.export_saved_model("lake_out", buoy)
