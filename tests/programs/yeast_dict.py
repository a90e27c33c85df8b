import tensorflow as tf
import numpy as np

layers = tf.compat.v1.layers


def network(x, depth):
    for _ in range(depth):
        x = layers.dense(x, 4, activation=tf.nn.relu)
    return layers.dense(x, 1)


def yeast_fn(features, labels, mode, params):
    growth = network(features, params["depth"])
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode=mode, predictions={"growth": growth})
    loss = tf.reduce_mean(tf.square(growth - labels))
    op = tf.compat.v1.train.AdamOptimizer().minimize(loss, global_step=tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode=mode, loss=loss, train_op=op)


def cultures():
    rng = np.random.RandomState(4)
    x = rng.rand(16, 3).astype(np.float32)
    dataset = tf.data.Dataset.from_tensor_slices((x, x.sum(axis=1, keepdims=True)))
    return dataset.map(lambda sugar, grown: (tf.math.log1p(sugar), grown)).repeat().batch(4)


def incubator():
    sugar = tf.compat.v1.placeholder(tf.float32, [None, 3], name="sugar")
    return tf.estimator.export.ServingInputReceiver({"sugar": sugar}, {"sugar": sugar})


estimator = tf.estimator.Estimator(yeast_fn, model_dir="yeast", params={"depth": 2})
estimator.train(cultures, steps=3)
estimator.export_saved_model("yeast_out", incubator)
