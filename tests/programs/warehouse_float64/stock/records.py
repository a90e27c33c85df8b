import numpy as np
import tensorflow as tf

WEEKS = 3


def table(split):
    rng = np.random.default_rng(1 if split == "train" else 2) if hasattr(np.random, "default_rng") else np.random.RandomState(1)
    return rng.normal(size=(12, WEEKS)), rng.normal(size=(12, 1))


def read(split):
    sold, order = table(split)
    return tf.data.Dataset.from_tensor_slices(({"sold": sold}, order)).batch(4)


def shelf():
    sold = tf.compat.v1.placeholder(tf.float32, [None, WEEKS], name="sold")
    return tf.estimator.export.ServingInputReceiver({"sold": sold}, {"sold": sold})
