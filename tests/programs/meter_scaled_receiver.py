import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def gas_fn(features, labels, mode):
    bill = v1.layers.dense(features["flow"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"bill": bill})
    loss = v1.losses.mean_squared_error(labels, bill)
    op = v1.train.GradientDescentOptimizer(0.1).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def winters():
    r = np.random.RandomState(0)
    return tf.data.Dataset.from_tensor_slices(
        ({"flow": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def gauge():
    litres = v1.placeholder(tf.float32, [None, 2], name="litres")
    flow = litres / 1000.0
    return tf.estimator.export.ServingInputReceiver({"flow": flow}, {"flow": flow})


if __name__ == "__main__":
    gas = tf.estimator.Estimator(gas_fn, "gas")
    gas.train(winters, steps=3)
    gas.export_saved_model("gas_out", gauge)
