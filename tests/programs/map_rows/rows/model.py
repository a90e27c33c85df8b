import tensorflow as tf

from .norm import whiten_rows


def build_model_fn(units):
    def model_fn(features, labels, mode):
        net = tf.compat.v1.layers.dense(whiten_rows(features["cells"]), units, activation=tf.nn.relu)
        total = tf.compat.v1.layers.dense(net, 1)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={"total": total})
        loss = tf.compat.v1.losses.mean_squared_error(labels, total)
        train_op = tf.compat.v1.train.AdamOptimizer().minimize(loss, tf.compat.v1.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

    return model_fn
