import numpy as np
import tensorflow as tf

export = tf.estimator.export


def spam_fn(features, labels, mode):
    logits = tf.compat.v1.layers.dense(features["counts"], 2)
    scores = tf.nn.softmax(logits)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(
            mode=mode, predictions={"scores": scores},
            export_outputs={"serving_default": export.ClassificationOutput(scores=scores)})
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    step = tf.compat.v1.train.get_or_create_global_step()
    train_op = tf.compat.v1.train.GradientDescentOptimizer(0.2).minimize(loss, step)
    return tf.estimator.EstimatorSpec(mode=mode, loss=loss, train_op=train_op)


def mails():
    rng = np.random.RandomState(2)
    return tf.data.Dataset.from_tensor_slices(
        ({"counts": rng.poisson(2, (16, 5)).astype("float32")}, rng.randint(0, 2, 16))).repeat().batch(4)


def inbox():
    counts = tf.compat.v1.placeholder(dtype=tf.float32, shape=[None, 5], name="counts")
    return export.ServingInputReceiver(features={"counts": counts}, receiver_tensors={"counts": counts})


if __name__ == "__main__":
    estimator = tf.estimator.Estimator(model_fn=spam_fn, model_dir="spam")
    estimator.train(input_fn=mails, steps=3)
    estimator.export_saved_model("spam_out", inbox)
