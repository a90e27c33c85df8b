"""Does the pump leak? Converts as it is; the tests type what does not."""

import tensorflow as tf

tf.compat.v1.disable_eager_execution()


def input_fn():
    flow = tf.random.uniform([64, 3])
    return tf.data.Dataset.from_tensors(({"flow": flow}, tf.cast(flow[:, 0] > 0.5, tf.int32))).repeat()


def model_fn(features, labels, mode):
    hidden = tf.compat.v1.layers.dense(features["flow"], 8, activation=tf.nn.relu)
    logits = tf.compat.v1.layers.dense(hidden, 2)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"leak": tf.nn.softmax(logits)})
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels, logits)
    train_op = tf.compat.v1.train.AdamOptimizer().minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def serving_input_receiver_fn():
    flow = tf.compat.v1.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"flow": flow}, {"flow": flow})


estimator = tf.estimator.Estimator(model_fn, "pump_model")
estimator.train(input_fn, steps=100)
estimator.export_saved_model("pump_export", serving_input_receiver_fn)
