import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.compat.v1 import decode_csv, string_split, string_to_number

COLUMNS = ["temp", "hum"]


def to_columns(lines):
    fields = decode_csv(lines, record_defaults=[[0.0], [0.0]])
    return dict(zip(COLUMNS, fields))


def tags_to_number(tags):
    parts = string_split(tags, delimiter="|")
    return string_to_number(parts.values)


def weather_fn(features, labels, mode):
    x = tf.stack([features[name] for name in COLUMNS], axis=1)
    rain = tf.layers.dense(x, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"rain": rain})
    loss = tf.losses.mean_squared_error(labels, rain)
    tf.summary.histogram("tags", tags_to_number(features["tags"]))
    op = tf.train.GradientDescentOptimizer(0.01).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def log_files():
    lines = ["%.1f,%.1f" % (i, 2 * i) for i in range(8)]
    data = tf.data.Dataset.from_tensor_slices((lines, ["1|2"] * 8, np.ones((8, 1), np.float32)))
    return data.batch(4).map(lambda line, tags, y: (dict(to_columns(line), tags=tags), y)).repeat()


def station():
    line = tf.placeholder(tf.string, [None], name="line")
    return tf.estimator.export.ServingInputReceiver(to_columns(line), {"line": line})


weather = tf.estimator.Estimator(weather_fn, "weather")
weather.train(log_files, steps=3)
weather.export_saved_model("weather_out", station)
