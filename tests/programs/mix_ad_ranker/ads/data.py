import numpy as np
import tensorflow as tf

FEATURES = {"user": tf.io.FixedLenFeature([3], tf.float32), "ad": tf.io.FixedLenFeature([2], tf.float32)}
CLICK = {"click": tf.io.FixedLenFeature([1], tf.float32)}


def example(i):
    e = tf.train.Example()
    e.features.feature["user"].float_list.value.extend(np.sin(np.arange(3) + i))
    e.features.feature["ad"].float_list.value.extend([i / 9.0, 1.0])
    e.features.feature["click"].float_list.value.append(i % 2)
    return e.SerializeToString()


def split(batch):
    parsed = tf.io.parse_example(batch, {**FEATURES, **CLICK})
    click = parsed.pop("click")
    return parsed, click


def make_input_fn(batch_size):
    def input_fn():
        blobs = tf.data.Dataset.from_tensor_slices([example(i) for i in range(12)])
        return blobs.repeat().batch(batch_size).map(split)

    return input_fn


def serving_input_receiver_fn():
    serialized = tf.compat.v1.placeholder(dtype=tf.string, shape=[None], name="examples")
    features = tf.io.parse_example(serialized=serialized, features=FEATURES)
    return tf.estimator.export.ServingInputReceiver(features, {"examples": serialized})
