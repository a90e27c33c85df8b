"""Export wired to the training input by mistake (serving fn reuses input_fn)."""
import argparse

import numpy as np
import tensorflow.compat.v1 as tf


def get_args():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--job-dir", default="smoke")
    p.add_argument("--batch-size", type=int, default=4)
    p.add_argument("--num-epochs", type=int, default=None)
    return p.parse_args()


def input_fn(batch_size, num_epochs=None):
    rng = np.random.RandomState(12)
    ds = tf.data.Dataset.from_tensor_slices(({"x": rng.rand(16, 5).astype(np.float32)}, rng.rand(16, 1).astype(np.float32)))
    ds = ds.repeat(num_epochs).batch(batch_size)
    iterator = tf.data.make_one_shot_iterator(ds)
    features, labels = iterator.get_next()
    return features, labels


def model_fn(features, labels, mode, params):
    out = tf.layers.dense(tf.layers.dense(features["x"], params.hidden, tf.nn.tanh), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode=mode, predictions=out)
    loss = tf.losses.huber_loss(labels, out)
    optimizer = tf.train.ProximalAdagradOptimizer(learning_rate=params.lr)
    return tf.estimator.EstimatorSpec(mode=mode, loss=loss, train_op=optimizer.minimize(loss, global_step=tf.train.get_global_step()))


class HParams:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)


def make_serving_fn(args):
    def serving_fn():
        features, _ = input_fn(args.batch_size, args.num_epochs)
        return tf.estimator.export.ServingInputReceiver(features, features)
    return serving_fn


def main():
    args = get_args()
    estimator = tf.estimator.Estimator(model_fn=model_fn, model_dir=args.job_dir, params=HParams(hidden=4, lr=0.01))
    train_spec = tf.estimator.TrainSpec(lambda: input_fn(args.batch_size), max_steps=2)
    eval_spec = tf.estimator.EvalSpec(
        lambda: input_fn(args.batch_size), steps=1, name="smoke-eval",
        exporters=tf.estimator.FinalExporter("final", make_serving_fn(args)))
    tf.estimator.train_and_evaluate(estimator, train_spec, eval_spec)


if __name__ == "__main__":
    main()
