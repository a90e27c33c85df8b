import numpy as np
import tensorflow.compat.v1 as tf

READINGS = {"flow": np.array([[1.0, 2.0], [2.0, 3.0], [0.5, 1.5], [3.0, 1.0]])}
WEAR = np.array([[0.1], [0.3], [0.2], [0.6]])


def pump_fn(features, labels, mode):
    flow = features["flow"]
    weights = tf.get_variable("weights", [2, 1], dtype=flow.dtype)
    wear = tf.matmul(flow, weights)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"wear": wear})
    loss = tf.losses.mean_squared_error(labels, wear)
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step()))


train_input = tf.estimator.inputs.numpy_input_fn(READINGS, WEAR, batch_size=2, num_epochs=None, shuffle=True)


def probe():
    flow = tf.placeholder(tf.float32, [None, 2], name="flow")
    return tf.estimator.export.ServingInputReceiver({"flow": flow}, {"flow": flow})


if __name__ == "__main__":
    pump = tf.estimator.Estimator(pump_fn, "pump")
    pump.train(train_input, steps=3)
    pump.export_saved_model("pump_out", probe)
