"""Grades apples by weight and colour; the packing line sends tf.Example records."""
import numpy as np
import tensorflow as tf

SPEC = {
    "weight": tf.io.FixedLenFeature([1], tf.float32),
    "colour": tf.io.FixedLenFeature([3], tf.float32),
}


def grade_fn(features, labels, mode, params):
    joined = tf.concat([features["weight"], features["colour"]], axis=1)
    hidden = tf.compat.v1.layers.dense(joined, params["hidden"], activation=tf.nn.relu)
    logits = tf.compat.v1.layers.dense(hidden, 3)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode=mode, predictions={"grade": tf.nn.softmax(logits)})
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels, logits)
    optimizer = tf.compat.v1.train.AdamOptimizer(params["rate"])
    train_op = optimizer.minimize(loss, global_step=tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode=mode, loss=loss, train_op=train_op)


def crates():
    rng = np.random.RandomState(21)
    features = {
        "weight": rng.rand(12, 1).astype(np.float32),
        "colour": rng.rand(12, 3).astype(np.float32),
    }
    return tf.data.Dataset.from_tensor_slices((features, rng.randint(0, 3, 12))).repeat().batch(4)


def main():
    grader = tf.estimator.Estimator(grade_fn, "apples", params={"hidden": 4, "rate": 0.01})
    grader.train(crates, steps=3)
    grader.export_saved_model(
        "apples_out", tf.estimator.export.build_parsing_serving_input_receiver_fn(SPEC))


if __name__ == "__main__":
    main()
