"""Click prediction: networks by name, records from the ad server, one forgotten gate."""
from absl import app
from absl import flags
import tensorflow as tf

from ads import data
from ads.model import model_fn_builder

flags.DEFINE_enum("network", "deep", ["deep", "wide", "recurrent"], "which network")
flags.DEFINE_float("drop", 0.5, "dropout rate")
FLAGS = flags.FLAGS


def main(_):
    model_fn = model_fn_builder(FLAGS.network, drop=FLAGS.drop)
    ranker = tf.estimator.Estimator(model_fn=model_fn, model_dir="ads_md")
    tf.estimator.train_and_evaluate(
        ranker,
        tf.estimator.TrainSpec(data.make_input_fn(4), max_steps=3),
        tf.estimator.EvalSpec(
            data.make_input_fn(4), steps=1, start_delay_secs=0,
            exporters=tf.estimator.LatestExporter("ads", data.serving_input_receiver_fn)))


if __name__ == "__main__":
    app.run(main)
