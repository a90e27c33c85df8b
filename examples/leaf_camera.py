"""Tells sick leaves from healthy ones. The server decodes JPEG files in the graph; a phone has no such op."""

import numpy as np
import tensorflow.compat.v1 as tf

SIDE = 32


def input_fn():
    rng = np.random.RandomState(5)
    leaves = rng.uniform(size=[60, SIDE, SIDE, 3]).astype(np.float32)
    sick = rng.randint(2, size=[60])
    return tf.data.Dataset.from_tensor_slices(({"image": leaves}, sick)).repeat().batch(12)


def model_fn(features, labels, mode):
    training = mode == tf.estimator.ModeKeys.TRAIN
    net = tf.layers.conv2d(features["image"], 8, 3, strides=2, activation=tf.nn.relu)
    net = tf.layers.batch_normalization(net, training=training)
    net = tf.layers.dropout(tf.reduce_mean(net, axis=[1, 2]), 0.3, training=training)
    logits = tf.layers.dense(net, 2)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"sick": tf.nn.softmax(logits)[:, 1]})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train_op = tf.train.AdamOptimizer().minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def decode(jpeg):
    image = tf.image.decode_jpeg(jpeg, channels=3)
    image = tf.image.resize_images(tf.cast(image, tf.float32), [SIDE, SIDE])
    return image / 255.0


def serving_input_receiver_fn():
    files = tf.placeholder(tf.string, [None], name="jpeg_files")
    images = tf.map_fn(decode, files, dtype=tf.float32)
    return tf.estimator.export.ServingInputReceiver({"image": images}, {"jpeg": files})


def main(_):
    estimator = tf.estimator.Estimator(model_fn, model_dir="leaf_model")
    estimator.train(input_fn, max_steps=50)
    estimator.export_saved_model("leaf_export", serving_input_receiver_fn)


if __name__ == "__main__":
    tf.app.run(main)
