import functools

import numpy as np
import tensorflow.compat.v1 as tf

import hparams
import model


def serving(hp):
    src = tf.placeholder(tf.int32, [None, hp.src_len], name="src")
    return tf.estimator.export.ServingInputReceiver({"src": src}, {"src": src})


def pairs(hp):
    r = np.random.RandomState(0)
    d = tf.data.Dataset.from_tensor_slices((
        {"src": r.randint(3, hp.vocab, (40, hp.src_len)).astype("int32")},
        r.randint(3, hp.vocab, (40, hp.tgt_len)).astype("int32")))
    return d.repeat().batch(8)


def main(_):
    hp = hparams.BASE.override(lr=2e-3)
    est = tf.estimator.Estimator(model.model_fn, "nmt_model", params={"hp": hp})
    est.train(functools.partial(pairs, hp), steps=2)
    est.export_saved_model("nmt_export", lambda: serving(hp))


if __name__ == "__main__":
    tf.logging.set_verbosity(tf.logging.ERROR)
    tf.app.run()
