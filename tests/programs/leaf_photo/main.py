"""Leaf disease from a photo taken in the field."""
from absl import app, flags
import tensorflow.compat.v1 as tf

import net
import photos

FLAGS = flags.FLAGS
flags.DEFINE_integer("steps", 3, "training steps")
flags.DEFINE_string("model_dir", "leaf_md", "where checkpoints go")
flags.DEFINE_bool("debug_images", False, "draw boxes into the summaries")


def main(argv):
    del argv
    est = tf.estimator.Estimator(
        net.leaf_fn, FLAGS.model_dir, params={"filters": 2, "debug_images": FLAGS.debug_images})
    est.train(photos.garden, steps=FLAGS.steps)
    est.export_saved_model("leaf_out", photos.upload_receiver)


if __name__ == "__main__":
    app.run(main)
