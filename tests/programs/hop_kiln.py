import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


class Damper(tf.keras.layers.Layer):
    """A full kiln dries at half the heat."""

    def build(self, shape):
        self.heat = self.add_weight(name="heat", shape=[4, 1], initializer="ones")

    def call(self, load):
        if tf.keras.backend.ndim(load) > 2:
            load = load[:, -1]
        heat = tf.matmul(load, self.heat)
        full = tf.reduce_sum(load) > 20.
        return tf.cond(full, lambda: heat * .5, lambda: heat)


class Vent(tf.keras.layers.Layer):
    def call(self, heat):
        if tf.reduce_max(heat) > 9.:
            heat = heat - 1.
        return heat


def kiln_fn(features, labels, mode):
    heat = Vent()(Damper()(features["load"]))
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"heat": heat})
    loss = v1.losses.mean_squared_error(labels, heat)
    op = v1.train.GradientDescentOptimizer(1e-4).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def harvest():
    r = np.random.RandomState(5)
    load = r.rand(20, 4).astype("float32")
    return tf.data.Dataset.from_tensor_slices(({"load": load}, load[:, :1])).repeat().batch(5)


def stove():
    load = v1.placeholder(tf.float32, [None, 4], name="load")
    return tf.estimator.export.ServingInputReceiver({"load": load}, {"load": load})


if __name__ == "__main__":
    est = tf.estimator.Estimator(kiln_fn, "kiln")
    est.train(harvest, steps=3)
    est.export_saved_model("kiln_out", stove)
