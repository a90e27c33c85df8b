import numpy as np
import tensorflow as tf

strings = tf.strings


def review_fn(features, labels, mode, params):
    cleaned = strings.regex_replace(features["text"], "[^a-z ]", "")
    bucket = strings.to_hash_bucket_fast(cleaned, params["buckets"])
    stars = tf.compat.v1.layers.dense(tf.one_hot(bucket, params["buckets"]), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"stars": stars})
    loss = tf.compat.v1.losses.mean_squared_error(labels, stars)
    op = tf.compat.v1.train.AdagradOptimizer(0.1).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def comments():
    text = np.array(["good soup", "bad fish!", "fine bread", "cold tea"] * 3)
    stars = np.array([[5.0], [1.0], [4.0], [2.0]] * 3, np.float32)
    data = tf.data.Dataset.from_tensor_slices((text, stars))
    return data.map(lambda t, s: ({"text": strings.lower(t)}, s)).repeat().batch(4)


def guestbook():
    text = tf.compat.v1.placeholder(tf.string, [None], name="text")
    return tf.estimator.export.ServingInputReceiver({"text": text}, {"text": text})


if __name__ == "__main__":
    est = tf.estimator.Estimator(review_fn, "reviews_md", params={"buckets": 7})
    est.train(comments, steps=3)
    est.export_saved_model("reviews_md_out", guestbook)
