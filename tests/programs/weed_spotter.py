import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.compat.v1.estimator import Estimator, EstimatorSpec, ModeKeys
from tensorflow.compat.v1.estimator.export import ServingInputReceiver


def _loss(labels, logits):
    return tf.losses.softmax_cross_entropy(onehot_labels=tf.one_hot(labels, 2), logits=logits)


def weed_fn(features, labels, mode, params):
    logits = tf.layers.dense(features["leaf"], 2, name="logits")
    specs = {}
    loss = _loss(labels, logits)
    if mode != ModeKeys.PREDICT:
        specs["loss"] = loss
    if mode == ModeKeys.TRAIN:
        specs["train_op"] = tf.train.GradientDescentOptimizer(params["rate"]).minimize(loss, tf.train.get_global_step())
    return EstimatorSpec(mode=mode, predictions={"weed": tf.argmax(logits, axis=1)}, **specs)


def beds():
    rng = np.random.RandomState(1)
    return tf.data.Dataset.from_tensor_slices(
        ({"leaf": rng.rand(12, 5).astype("float32")}, rng.randint(0, 2, 12))).repeat().batch(4)


def hoe():
    leaf = tf.placeholder(tf.float32, [None, 5], name="leaf")
    return ServingInputReceiver({"leaf": leaf}, {"leaf": leaf})


spotter = Estimator(model_fn=weed_fn, model_dir="weeds", params=dict(rate=0.1))
spotter.train(input_fn=beds, max_steps=3)
spotter.export_saved_model("weeds_out", hoe)
