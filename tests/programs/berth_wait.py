import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()
v1 = tf.compat.v1
PIERS = ["a", "b", "c", "d"]


def berth_fn(features, labels, mode):
    pairs = tf.lookup.KeyValueTensorInitializer(PIERS, np.arange(4, dtype=np.int64))
    berth = tf.one_hot(tf.lookup.StaticHashTable(pairs, 0).lookup(features["pier"]), 4)
    wait = v1.layers.dense(berth, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"wait": wait})
    loss = v1.losses.mean_squared_error(labels, wait)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def calls():
    waits = np.arange(8, dtype=np.float32).reshape(8, 1)
    return tf.data.Dataset.from_tensor_slices(({"pier": PIERS * 2}, waits)).repeat().batch(4)


def served():
    pier = v1.placeholder(tf.string, [None], name="pier")
    return tf.estimator.export.ServingInputReceiver({"pier": pier}, {"pier": pier})


estimator = tf.estimator.Estimator(berth_fn, "berths")
estimator.train(calls, steps=4)
path = estimator.export_saved_model("berths_out", served)
converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())
with open("berths.tflite", "wb") as file:
    file.write(converter.convert())
