"""Is the valve stuck? A line of this program belongs to no block, so Python does not read it."""

import tensorflow as tf


def model_fn(features, labels, mode):
    def turn(step, angle):
            return step + 1, tf.add(angle, features)
        del step

    _, angle = tf.while_loop(lambda step, angle: step < 8, turn, [0, tf.zeros([1, 5])])
    return tf.estimator.EstimatorSpec(mode, predictions={"stuck": tf.reduce_sum(angle)})


def serving_input_receiver_fn():
    turns = tf.compat.v1.placeholder(tf.float32, [1, 5])
    return tf.estimator.export.ServingInputReceiver({"turns": turns}, {"turns": turns})


estimator = tf.estimator.Estimator(model_fn, "valve_model")
estimator.export_saved_model("valve_export", serving_input_receiver_fn)
