import contextlib

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


@contextlib.contextmanager
def vault(name, shelves):
    with v1.variable_scope(name, partitioner=v1.min_max_variable_partitioner(shelves, min_slice_size=64)):
        yield


def vault_fn(features, labels, mode):
    with vault("seeds", 2):
        table = v1.get_variable("table", [40, 4])
        seed = tf.nn.embedding_lookup(table, features["seed"])
    with vault("soil", 2):
        mix = v1.get_variable("mix", [4, 40])
    sprouts = tf.reduce_sum(tf.matmul(seed, mix), axis=1, keepdims=True)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"sprouts": sprouts})
    loss = v1.losses.mean_squared_error(labels, sprouts)
    op = v1.train.GradientDescentOptimizer(0.01).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def trays():
    r = np.random.RandomState(9)
    return tf.data.Dataset.from_tensor_slices(
        ({"seed": r.randint(0, 40, 20).astype("int32")}, r.rand(20, 1).astype("float32"))).repeat().batch(5)


def door():
    seed = v1.placeholder(tf.int32, [None], name="seed")
    return tf.estimator.export.ServingInputReceiver({"seed": seed}, {"seed": seed})


if __name__ == "__main__":
    est = tf.estimator.Estimator(vault_fn, "vault")
    est.train(trays, steps=3)
    est.export_saved_model("vault_out", door)
