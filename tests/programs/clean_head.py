"""The head handles labels; the mapping functions only rearrange."""
import numpy as np
import tensorflow as tf


def garden_fn(features, labels, mode, config):
    net = tf.compat.v1.layers.dense(features["soil"], 5, activation=tf.nn.relu)
    logits = tf.compat.v1.layers.dense(net, 1)
    head = tf.estimator.RegressionHead()
    optimizer = tf.compat.v1.train.AdagradOptimizer(0.05)

    def train_op_fn(loss):
        return optimizer.minimize(loss, tf.compat.v1.train.get_global_step())

    return head.create_estimator_spec(features, mode, logits, labels=labels, train_op_fn=train_op_fn)


def beds():
    r = np.random.RandomState(7)
    rows = tf.data.Dataset.from_tensor_slices(
        {"soil": r.rand(12, 3).astype("float32"), "yield": r.rand(12, 1).astype("float32")})
    pairs = rows.map(lambda row: ({"soil": row["soil"]}, row["yield"]))
    return pairs.shuffle(12).repeat().batch(4)


def spade():
    soil = tf.compat.v1.placeholder(tf.float32, [None, 3], name="soil")
    return tf.estimator.export.ServingInputReceiver({"soil": soil}, soil)


if __name__ == "__main__":
    garden = tf.estimator.Estimator(garden_fn, "garden", config=tf.estimator.RunConfig(save_summary_steps=None))
    garden.train(beds, steps=3)
    garden.export_saved_model("garden_out", spade)
