import tensorflow as tf

c = tf.compat.v1


class Network:
    def __init__(self, filters):
        self.filters = filters

    def conv_block(self, x, momentum):
        x = c.layers.conv2d(x, self.filters, 3, use_bias=False)
        return tf.nn.relu(c.layers.batch_normalization(x, momentum=momentum, training=True))

    def model_fn(self, features, labels, mode, params):
        x = self.conv_block(features["scan"], params["momentum"])
        logit = c.layers.dense(tf.reduce_mean(x, axis=[1, 2]), 1)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={"ill": tf.sigmoid(logit)})
        loss = c.losses.sigmoid_cross_entropy(labels, logit)
        minimize = c.train.AdamOptimizer().minimize(loss, c.train.get_global_step())
        op = tf.group(minimize, c.get_collection(c.GraphKeys.UPDATE_OPS))
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)
