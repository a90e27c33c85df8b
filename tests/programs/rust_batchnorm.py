import numpy as np
import tensorflow as tf

c = tf.compat.v1


def steel_block(x, filters):
    x = c.layers.conv2d(x, filters, 3, padding="same", use_bias=False)
    x = c.layers.batch_normalization(x, training=True, momentum=0.5)
    return tf.nn.relu(x)


def rust_fn(features, labels, mode):
    x = steel_block(features["plate"], 3)
    x = steel_block(x, 4)
    rust = c.layers.dense(tf.reduce_mean(x, [1, 2]), 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"rust": rust})
    loss = c.losses.sigmoid_cross_entropy(labels, rust)
    with tf.control_dependencies(c.get_collection(c.GraphKeys.UPDATE_OPS)):
        op = c.train.AdamOptimizer(0.01).minimize(loss, c.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def plates():
    r = np.random.RandomState(10)
    return tf.data.Dataset.from_tensor_slices(
        ({"plate": r.rand(12, 5, 5, 1).astype("float32") + 1}, r.randint(0, 2, (12, 1)))).repeat().batch(4)


def drone():
    plate = c.placeholder(tf.float32, [None, 5, 5, 1], name="plate")
    return tf.estimator.export.ServingInputReceiver({"plate": plate}, {"plate": plate})


if __name__ == "__main__":
    est = tf.estimator.Estimator(rust_fn, "rust")
    est.train(plates, steps=4)
    est.export_saved_model("rust_out", drone)
