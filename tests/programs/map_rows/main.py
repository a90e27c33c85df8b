import tensorflow as tf

from rows.model import build_model_fn
from rows.source import rows, table_receiver

if __name__ == "__main__":
    estimator = tf.estimator.Estimator(model_fn=build_model_fn(units=3), model_dir="rows_md")
    estimator.train(input_fn=rows, steps=3)
    estimator.export_saved_model("rows_out", table_receiver)
