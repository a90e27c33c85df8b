"""Lookup tables and text only where people read the results (EVAL), never on the device."""
import numpy as np
import tensorflow.compat.v1 as tf

NAMES = ["basil", "mint", "thyme"]


def decode_names(ids):
    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(tf.constant([0, 1, 2], tf.int64), tf.constant(NAMES)), "?")
    return table.lookup(ids)


def eval_metrics(labels, ids):
    names = decode_names(ids)
    lengths = tf.strings.length(tf.strings.join([names, tf.as_string(labels)], separator="/"))
    return {
        "accuracy": tf.metrics.accuracy(labels, ids),
        "mean_name_length": tf.metrics.mean(tf.to_float(lengths)),
    }


def leaf_fn(features, labels, mode, params):
    hidden = tf.layers.dense(features, params["units"], tf.nn.relu)
    logits = tf.layers.dense(hidden, len(NAMES))
    ids = tf.argmax(logits, -1, name="ids")
    spec = tf.estimator.EstimatorSpec
    if mode == tf.estimator.ModeKeys.PREDICT:
        return spec(mode, predictions={"id": ids, "p": tf.nn.softmax(logits)})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        return spec(mode, loss=loss, eval_metric_ops=eval_metrics(labels, ids))
    assert mode == tf.estimator.ModeKeys.TRAIN
    tvars = tf.trainable_variables()
    grads, norm = tf.clip_by_global_norm(tf.gradients(loss, tvars), 1.0)
    tf.summary.scalar("grad_norm", norm)
    optimizer = tf.train.MomentumOptimizer(params["lr"], 0.9)
    train_op = optimizer.apply_gradients(zip(grads, tvars), global_step=tf.train.get_or_create_global_step())
    return spec(mode, loss=loss, train_op=train_op)


def text_model_fn(features, labels, mode):
    """An earlier idea, not used any more."""
    words = tf.string_split(features["text"])
    ids = tf.strings.to_hash_bucket_fast(words.values, 100)
    return tf.estimator.EstimatorSpec(mode, predictions=ids)


def leaves(batch=4):
    rng = np.random.RandomState(31)
    return tf.data.Dataset.from_tensor_slices((rng.rand(12, 4).astype("float32"), rng.randint(0, 3, 12))).repeat().batch(batch)


def serving_input_fn():
    leaf = tf.placeholder(tf.float32, [None, 4], name="leaf")
    return tf.estimator.export.TensorServingInputReceiver(leaf, leaf)


def main():
    estimator = tf.estimator.Estimator(model_fn=leaf_fn, model_dir="leaves", params=dict(units=5, lr=0.05))
    estimator.train(input_fn=leaves, max_steps=2)
    print(estimator.evaluate(input_fn=leaves, steps=1))
    estimator.export_saved_model("leaves_out", serving_input_fn)


if __name__ == "__main__":
    main()
