"""train_and_evaluate with exporters, then convert on the spot."""
import glob
import os

import numpy as np
import tensorflow as tf

CSV_COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
SPECIES = ["setosa", "versicolor", "virginica"]


def get_columns(boundaries=None):
    for name in CSV_COLUMNS:
        numeric = tf.feature_column.numeric_column(name)
        if boundaries and name.startswith("petal"):
            yield tf.feature_column.bucketized_column(numeric, boundaries)
        else:
            yield numeric


def make_input_fn(seed, repeat=None):
    def _input_fn():
        rng = np.random.RandomState(seed)
        feats = {n: rng.uniform(0.1, 7, 30).astype(np.float32) for n in CSV_COLUMNS}
        return tf.data.Dataset.from_tensor_slices((feats, rng.randint(0, 3, 30))).repeat(repeat).batch(10)
    return _input_fn


def serving_input_receiver_fn():
    inputs = {}
    for name in CSV_COLUMNS:
        inputs[name] = tf.compat.v1.placeholder(shape=[None], dtype=tf.float32, name=name)
    return tf.estimator.export.ServingInputReceiver(inputs, inputs)


def convert(export_root):
    newest = max(glob.glob(os.path.join(export_root, "*")), key=os.path.getmtime)
    converter = tf.lite.TFLiteConverter.from_saved_model(newest, signature_keys=["predict"])
    with open("iris.tflite", "wb") as f:
        f.write(converter.convert())


if __name__ == "__main__":
    classifier = tf.estimator.DNNClassifier(
        feature_columns=list(get_columns(boundaries=[1.5, 3.0, 4.5])),
        hidden_units=[10, 10],
        n_classes=len(SPECIES),
        model_dir="iris_model")
    exporter = tf.estimator.LatestExporter("exporter", serving_input_receiver_fn, exports_to_keep=2)
    train_spec = tf.estimator.TrainSpec(make_input_fn(0), max_steps=2)
    eval_spec = tf.estimator.EvalSpec(make_input_fn(1, repeat=1), steps=1, exporters=[exporter], start_delay_secs=0)
    tf.estimator.train_and_evaluate(classifier, train_spec, eval_spec)
    if os.environ.get("CONVERT"):
        convert("iris_model/export/exporter")
