import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def drill_fn(features, labels, mode):
    bit = v1.layers.dense(features["torque"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"bit": bit})
    loss = v1.losses.mean_squared_error(labels, bit)
    op = v1.train.GradientDescentOptimizer(0.1).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op, predictions={"bit": bit})


def holes():
    r = np.random.RandomState(13)
    return tf.data.Dataset.from_tensor_slices(
        ({"torque": r.rand(12, 2).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def eval_receiver():
    torque = v1.placeholder(tf.float32, [None, 2], name="torque")
    bit = v1.placeholder(tf.float32, [None, 1], name="bit")
    return tf.estimator.experimental.build_raw_supervised_input_receiver_fn({"torque": torque}, bit)()


if __name__ == "__main__":
    est = tf.estimator.Estimator(drill_fn, "drill")
    est.train(holes, steps=3)
    est.experimental_export_all_saved_models("drill_out", {tf.estimator.ModeKeys.EVAL: eval_receiver})
