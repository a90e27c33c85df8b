import numpy as np
import tensorflow as tf

numeric = tf.feature_column.numeric_column
COLUMNS = [numeric("depth"), numeric("salt")]
model = tf.estimator.DNNRegressor(hidden_units=[3], feature_columns=COLUMNS, model_dir="reef")


def dives():
    r = np.random.RandomState(4)
    x = {"depth": r.rand(12, 1).astype("float32"), "salt": r.rand(12, 1).astype("float32")}
    return tf.data.Dataset.from_tensor_slices((x, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def sonde():
    depth = tf.compat.v1.placeholder(tf.float32, [None, 1], name="depth")
    return tf.estimator.export.ServingInputReceiver({"depth": depth}, {"depth": depth})


model.train(dives, steps=3)
model.export_saved_model("reef_out", sonde)
