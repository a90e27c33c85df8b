import tensorflow.compat.v1 as tf

from desk.records import applications, mail_slot
from desk.score import make_score_fn


def run(_):
    config = tf.estimator.RunConfig(model_dir="loan_md", tf_random_seed=3)
    desk = tf.estimator.Estimator(model_fn=make_score_fn([6, 3]), config=config)
    desk.train(input_fn=lambda: applications(batch=4), steps=3)
    desk.export_saved_model("loan_out", mail_slot)


if __name__ == "__main__":
    tf.app.run(run)
