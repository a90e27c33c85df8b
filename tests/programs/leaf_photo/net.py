import tensorflow.compat.v1 as tf


def leaf_fn(features, labels, mode, params):
    image = features["image"]
    if params["debug_images"]:
        image = tf.image.draw_bounding_boxes(image, tf.constant([[[0.1, 0.1, 0.9, 0.9]]]))
    net = tf.layers.conv2d(image, params["filters"], 3, activation=tf.nn.relu)
    logits = tf.layers.dense(tf.reduce_mean(net, axis=[1, 2]), 2)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"ill": tf.nn.softmax(logits)})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)
