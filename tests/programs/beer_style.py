import argparse

import numpy as np
import tensorflow as tf


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--out", default="beer_out")
    return parser.parse_args()


def brews():
    rng = np.random.RandomState(0)
    taste = {"bitter": rng.rand(16).astype("float32"), "malt": rng.rand(16).astype("float32")}
    return tf.data.Dataset.from_tensor_slices((taste, rng.randint(0, 3, 16))).batch(4).repeat()


def main(args):
    columns = [tf.feature_column.numeric_column(k) for k in ("bitter", "malt")]
    model = tf.estimator.DNNClassifier([5], columns, n_classes=3, model_dir="beer")
    model.train(brews, steps=args.steps)
    with tf.Graph().as_default():
        sample = {k: tf.compat.v1.placeholder(tf.float32, [None, 1], k) for k in ("bitter", "malt")}
        receiver = tf.estimator.export.build_raw_serving_input_receiver_fn(sample)
    model.export_saved_model(args.out, receiver)


if __name__ == "__main__":
    main(parse_args())
