import numpy as np
import tensorflow as tf

KMeans = tf.compat.v1.estimator.experimental.KMeans
model = KMeans(num_clusters=2, use_mini_batch=False, model_dir="shops", feature_columns=[tf.feature_column.numeric_column("where", 2)])


def towns():
    r = np.random.RandomState(6)
    return tf.data.Dataset.from_tensors({"where": r.rand(12, 2).astype("float32")}).repeat(4)


def compass():
    where = tf.compat.v1.placeholder(tf.float32, [None, 2], name="where")
    return tf.estimator.export.ServingInputReceiver({"where": where}, {"where": where})


model.train(towns, max_steps=2)
model.export_saved_model("shops_out", compass)
