import numpy as np
import tensorflow as tf


def rows():
    rng = np.random.RandomState(11)
    cells = rng.rand(16, 4).astype("float32")
    return tf.data.Dataset.from_tensor_slices(({"cells": cells}, cells.sum(1, keepdims=True))).repeat().batch(4)


def table_receiver():
    cells = tf.compat.v1.placeholder(tf.float32, [None, 4], name="cells")
    return tf.estimator.export.ServingInputReceiver({"cells": cells}, {"cells": cells})
