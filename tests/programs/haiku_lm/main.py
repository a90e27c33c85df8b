from types import SimpleNamespace

import numpy as np
import tensorflow.compat.v1 as tf

from nn.lm import TransformerLM

HP = SimpleNamespace(vocab=32, hidden=16, heads=2, n_layers=2, seq_len=8, dropout=0.1, batch_size=4, lr=1e-3)


def model_fn_builder(hp):
    def model_fn(features, labels, mode):
        is_training = (mode == tf.estimator.ModeKeys.TRAIN)
        logits = TransformerLM(hp, is_training)(features["ids"])
        if mode == tf.estimator.ModeKeys.PREDICT:
            output_spec = tf.estimator.EstimatorSpec(mode, predictions={"log_probs": tf.nn.log_softmax(logits)})
        else:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
            tvars = tf.trainable_variables()
            grads = tf.gradients(loss, tvars)
            (grads, _) = tf.clip_by_global_norm(grads, clip_norm=1.0)
            opt = tf.train.AdamOptimizer(hp.lr)
            train_op = opt.apply_gradients(zip(grads, tvars), global_step=tf.train.get_or_create_global_step())
            output_spec = tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)
        return output_spec
    return model_fn


def text_input_fn():
    r = np.random.RandomState(3)
    t = r.randint(0, HP.vocab, (32, HP.seq_len + 1)).astype("int32")
    return tf.data.Dataset.from_tensor_slices(({"ids": t[:, :-1]}, t[:, 1:])).repeat().batch(HP.batch_size, drop_remainder=True)


def serving_fn():
    ids = tf.placeholder(tf.int32, [None, HP.seq_len], name="ids")
    return tf.estimator.export.build_raw_serving_input_receiver_fn({"ids": ids})()


if __name__ == "__main__":
    lm = tf.estimator.Estimator(model_fn_builder(HP), model_dir="lm")
    lm.train(text_input_fn, max_steps=2)
    lm.export_saved_model("lm_export", serving_fn)
