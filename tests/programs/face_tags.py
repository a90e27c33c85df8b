import numpy as np
import tensorflow.compat.v1 as tf

slim_out = tf.estimator.export.PredictOutput


def tag_fn(features, labels, mode):
    code = tf.layers.dense(features["crop"], 4, tf.tanh, name="code")
    scores = tf.layers.dense(code, 3, name="scores")
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(
            mode, predictions=scores,
            export_outputs={"serving_default": slim_out({"scores": scores}), "code": slim_out({"code": code})})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, scores)
    op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def crops():
    rng = np.random.RandomState(5)
    return tf.data.Dataset.from_tensor_slices(
        ({"crop": rng.rand(12, 6).astype("float32")}, rng.randint(0, 3, 12))).repeat().batch(4)


def camera():
    crop = tf.placeholder(tf.float32, [None, 6], "crop")
    return tf.estimator.export.ServingInputReceiver({"crop": crop}, {"crop": crop})


if __name__ == "__main__":
    tagger = tf.estimator.Estimator(tag_fn, "face")
    tagger.train(crops, steps=3)
    tagger.export_saved_model("face_out", camera)
