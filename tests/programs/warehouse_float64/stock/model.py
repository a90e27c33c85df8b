import tensorflow as tf


def stock_fn(features, labels, mode, params):
    net = features["sold"]
    for units in params["layers"]:
        net = tf.compat.v1.layers.dense(net, units, activation=tf.nn.relu)
    order = tf.compat.v1.layers.dense(net, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"order": order})
    loss = tf.reduce_mean(tf.math.squared_difference(order, labels))
    op = tf.compat.v1.train.GradientDescentOptimizer(0.01).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)
