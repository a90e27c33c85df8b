"""Built under PREDICT, but feeding no exported output; plus experiments behind flags that are off."""
import argparse

import numpy as np
import tensorflow.compat.v1 as tf

parser = argparse.ArgumentParser()
parser.add_argument("--explain", action="store_true")
parser.add_argument("--batch", type=int, default=4)
USE_LOOP = False


def explain(x):
    text = tf.strings.as_string(x)
    tf.summary.text("rows", text[0])


def refine(x):
    if USE_LOOP:
        x = tf.while_loop(lambda i, v: i < 3, lambda i, v: [i + 1, v * 0.9], [tf.constant(0), x])[1]
    return x


def radio_fn(features, labels, mode, params):
    x = refine(features["signal"])
    explain(x)
    ranked = tf.py_func(lambda a: np.sort(a), [x], tf.float32)
    tf.summary.histogram("ranked", ranked)
    logits = tf.layers.dense(x, 2)
    if mode == tf.estimator.ModeKeys.PREDICT:
        noisy = logits + tf.random_normal(tf.shape(logits))
        tf.summary.histogram("noisy", noisy)
        return tf.estimator.EstimatorSpec(mode, predictions={"p": tf.nn.softmax(logits)})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(mode, loss=loss)
    op = tf.train.GradientDescentOptimizer(params["rate"]).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def air(batch):
    rng = np.random.RandomState(1)

    def input_fn():
        x = {"signal": rng.rand(12, 3).astype("float32")}
        return tf.data.Dataset.from_tensor_slices((x, rng.randint(0, 2, 12))).repeat().batch(batch)

    return input_fn


def antenna():
    signal = tf.placeholder(tf.float32, [None, 3], name="signal")
    return tf.estimator.export.ServingInputReceiver({"signal": signal}, {"signal": signal})


def main():
    args = parser.parse_args()
    est = tf.estimator.Estimator(radio_fn, "radio", params={"rate": 0.1})
    est.train(air(args.batch), steps=3)
    est.export_saved_model("radio_out", antenna)


if __name__ == "__main__":
    main()
