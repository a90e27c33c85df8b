"""Small region classifier: crops regions, whitens their features."""
import numpy as np
import tensorflow.compat.v1 as tf


def _mahalanobis(x, name="white"):
    """Whitens x with a learned covariance."""
    dim = int(x.shape[-1])
    with tf.variable_scope(name):
        factor = tf.get_variable("factor", [dim, dim], initializer=tf.initializers.orthogonal(seed=1))
        cov = tf.matmul(factor, factor, transpose_b=True) + 0.1 * tf.eye(dim)
        precision = tf.linalg.inv(cov)
        return tf.matmul(x, precision)


def gaussian_cdf(x):
    return 0.5 * (1.0 + tf.math.erf(x / np.float32(np.sqrt(2.0))))


def extract(images, boxes):
    n = tf.shape(boxes)[0]
    crops = tf.image.crop_and_resize(images, boxes, tf.zeros([n], tf.int32) + tf.range(n), [4, 4])
    return tf.layers.flatten(crops)


def build(features):
    net = extract(features["image"], features["box"])
    net = tf.layers.dense(net, 6)
    net = _mahalanobis(net)
    net = gaussian_cdf(net)
    return tf.layers.dense(net, 1, name="score")


def model_fn(features, labels, mode):
    score = build(features)
    spec = {"mode": mode, "predictions": {"score": score}}
    if mode != tf.estimator.ModeKeys.PREDICT:
        spec["loss"] = tf.losses.absolute_difference(labels, score)
    if mode == tf.estimator.ModeKeys.TRAIN:
        spec["train_op"] = tf.train.RMSPropOptimizer(0.01).minimize(spec["loss"], tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(**spec)


def input_fn():
    rng = np.random.RandomState(0)
    x = {"image": rng.rand(8, 6, 6, 3).astype("f"), "box": np.tile(np.array([[0, 0, .8, .8]], "f"), (8, 1))}
    return tf.data.Dataset.from_tensor_slices((x, rng.rand(8, 1).astype("f"))).repeat().batch(2)


def receiver():
    inputs = dict(image=tf.placeholder(tf.float32, (None, 6, 6, 3)), box=tf.placeholder(tf.float32, (None, 4)))
    return tf.estimator.export.ServingInputReceiver(features=inputs, receiver_tensors=inputs)


if __name__ == "__main__":
    estimator = tf.estimator.Estimator(model_fn, "roi")
    estimator.train(input_fn, steps=2)
    estimator.export_saved_model("roi_out", receiver)
