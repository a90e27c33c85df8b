import tensorflow.compat.v1 as tf


def make_score_fn(widths):
    def score_fn(features, labels, mode):
        net = features["income"]
        for width in widths:
            net = tf.layers.dense(net, width, tf.nn.relu)
        risk = tf.layers.dense(net, 1, tf.sigmoid)
        spec = tf.estimator.EstimatorSpec
        if mode == tf.estimator.ModeKeys.PREDICT:
            return spec(mode, predictions={"risk": risk})
        loss = tf.losses.log_loss(labels, risk)
        return spec(mode, loss=loss, train_op=tf.train.AdamOptimizer().minimize(loss, tf.train.get_global_step()))

    return score_fn
