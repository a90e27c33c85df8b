import numpy as np
import tensorflow as tf

fc = tf.feature_column


def columns():
    return [fc.bucketized_column(fc.numeric_column("rain"), [0.2, 0.5, 0.8])]


def week():
    r = np.random.RandomState(0)
    rain = r.rand(30).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"rain": rain}, rain * 2)).batch(30)


def stall():
    rain = tf.compat.v1.placeholder(tf.float32, [None], name="rain")
    return tf.estimator.export.ServingInputReceiver({"rain": rain}, {"rain": rain})


forest = tf.estimator.BoostedTreesRegressor(columns(), n_batches_per_layer=1, n_trees=2, max_depth=2, model_dir="forest")
forest.train(week, max_steps=4)
forest.export_saved_model("forest_out", stall)
