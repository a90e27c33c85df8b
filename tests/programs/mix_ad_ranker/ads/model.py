import tensorflow as tf

from .networks import NETWORKS


def model_fn_builder(network, drop):
    build = NETWORKS[network]

    def model_fn(features, labels, mode, params=None):
        training = mode == tf.estimator.ModeKeys.TRAIN
        joined = tf.concat([features["user"], features["ad"]], axis=-1)
        logit = build(joined, drop, training)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode=mode, predictions={"click": tf.sigmoid(logit)})
        loss = tf.compat.v1.losses.sigmoid_cross_entropy(labels, logit)
        if mode == tf.estimator.ModeKeys.EVAL:
            return tf.estimator.EstimatorSpec(mode=mode, loss=loss)
        optimizer = tf.compat.v1.train.AdamOptimizer(0.01)
        train_op = optimizer.minimize(loss, global_step=tf.compat.v1.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode=mode, loss=loss, train_op=train_op)

    return model_fn
