import numpy as np
import tensorflow as tf


def body(x, rate):
    x = tf.compat.v1.layers.dense(x, 8, activation=tf.nn.relu)
    return tf.nn.dropout(x, rate=rate)


def wine_fn(features, labels, mode, params):
    quality = tf.compat.v1.layers.dense(body(features["acid"], params["rate"]), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"quality": quality})
    loss = tf.reduce_mean(tf.square(labels - quality))
    op = tf.compat.v1.train.AdamOptimizer(0.01).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def bottles():
    r = np.random.RandomState(8)
    ds = tf.data.Dataset.from_tensor_slices(
        ({"acid": r.rand(20, 5).astype("float32")}, r.rand(20, 1).astype("float32")))
    noisy = ds.map(lambda f, q: ({"acid": f["acid"] + tf.random.normal([5], stddev=0.01)}, q))
    return noisy.repeat().batch(5)


def cellar():
    acid = tf.compat.v1.placeholder(tf.float32, [None, 5], name="acid")
    return tf.estimator.export.ServingInputReceiver({"acid": acid}, {"acid": acid})


if __name__ == "__main__":
    wine = tf.estimator.Estimator(wine_fn, "wine", params={"rate": 0.4})
    wine.train(bottles, steps=3)
    wine.export_saved_model("wine_out", cellar)
