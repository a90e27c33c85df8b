"""Will the parcel be late, and by how many hours? Two heads over one body."""

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
COLUMNS = ["distance", "weight"]


def heads():
    late = tf.estimator.BinaryClassHead(name="late")
    hours = tf.estimator.RegressionHead(name="hours")
    return tf.estimator.MultiHead([late, hours])


def model_fn(features, labels, mode):
    body = tf.concat([features[name] for name in COLUMNS], axis=1)
    body = v1.layers.dense(body, 8, activation=tf.nn.relu)
    logits = {"late": v1.layers.dense(body, 1), "hours": v1.layers.dense(body, 1)}
    optimizer = v1.train.GradientDescentOptimizer(0.01)
    return heads().create_estimator_spec(
        features,
        mode,
        logits,
        labels=labels,
        train_op_fn=lambda loss: optimizer.minimize(loss, v1.train.get_global_step()),
        trainable_variables=v1.trainable_variables(),
    )


def input_fn():
    rng = np.random.RandomState(2)
    features = {name: rng.rand(16, 1).astype(np.float32) for name in COLUMNS}
    labels = {"late": (features["distance"] > 0.5).astype(np.float32), "hours": features["weight"] * 4}
    return tf.data.Dataset.from_tensor_slices((features, labels)).repeat().batch(4)


def receiver_fn():
    tensors = {name: v1.placeholder(tf.float32, [None, 1], name=name) for name in COLUMNS}
    return tf.estimator.export.ServingInputReceiver(tensors, tensors)


if __name__ == "__main__":
    estimator = tf.estimator.Estimator(model_fn, model_dir="parcels")
    estimator.train(input_fn, steps=2)
    estimator.export_saved_model("parcels_export", receiver_fn)
