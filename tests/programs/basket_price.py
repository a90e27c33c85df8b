import numpy as np
import tensorflow as tf
from tensorflow import feature_column as fc

shop = fc.categorical_column_with_identity("shop", 4)
hour = fc.categorical_column_with_identity("hour", 24)
crossed = fc.crossed_column(["shop", "hour"], hash_bucket_size=20)
model = tf.estimator.LinearRegressor(feature_columns=[shop, hour, crossed], model_dir="basket")


def receipts():
    rng = np.random.RandomState(4)
    x = {"shop": rng.randint(0, 4, (20, 1)), "hour": rng.randint(0, 24, (20, 1))}
    return tf.data.Dataset.from_tensor_slices((x, rng.rand(20, 1))).shuffle(20).repeat().batch(5)


def counter():
    ids = {name: tf.compat.v1.placeholder(tf.int64, [None, 1], name=name) for name in ("shop", "hour")}
    return tf.estimator.export.ServingInputReceiver(ids, ids)


model.train(receipts, steps=4)
model.export_saved_model("basket_out", counter)
