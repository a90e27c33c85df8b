"""A feature dict that is handled: guarded, iterated, handed to helpers; keys renamed only on the outside."""
import numpy as np
import tensorflow as tf


def as_tensor(features):
    if isinstance(features, dict):
        parts = [features[name] for name in sorted(features)]
        return tf.concat(parts, axis=1)
    return features


def optional(features, name, like):
    value = features.get(name)
    return tf.zeros_like(like) if value is None else value


def coffee_fn(features, labels, mode, params):
    x = as_tensor({key: value for key, value in features.items() if key != "note"})
    x = x + optional(features, "bias", x)
    taste = tf.compat.v1.layers.dense(x, params["classes"])
    if mode == tf.estimator.ModeKeys.TRAIN:
        weight = features["weight"] if "weight" in features else 1.0
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"taste": tf.nn.softmax(taste)})
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels, taste)
    if mode == tf.estimator.ModeKeys.TRAIN:
        loss = loss * weight
    op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def shots():
    r = np.random.RandomState(4)
    x = {"grams": r.rand(12, 1).astype("float32"), "seconds": r.rand(12, 2).astype("float32")}
    return tf.data.Dataset.from_tensor_slices((x, r.randint(0, 2, 12))).repeat().batch(4)


def machine():
    grams = tf.compat.v1.placeholder(tf.float32, [None, 1], name="g")
    seconds = tf.compat.v1.placeholder(tf.float32, [None, 2], name="s")
    return tf.estimator.export.ServingInputReceiver(
        features={"grams": grams, "seconds": seconds},
        receiver_tensors={"gramme": grams, "sekunden": seconds})


def main():
    est = tf.estimator.Estimator(model_fn=coffee_fn, model_dir="coffee", params={"classes": 2})
    est.train(input_fn=shots, steps=3)
    est.export_saved_model("coffee_out", machine)


if __name__ == "__main__":
    main()
