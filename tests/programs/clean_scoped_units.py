import numpy as np
import tensorflow as tf
from tensorflow.contrib.layers import batch_norm, conv2d, dropout, flatten, fully_connected, optimize_loss
from tensorflow.contrib.framework.python.ops import add_arg_scope, arg_scope


@add_arg_scope
def res_unit(x, depth, is_training=True, scope=None):
    with tf.variable_scope(scope, 'res'):
        y = conv2d(x, depth, [3, 3], activation_fn=None)
        y = batch_norm(y, is_training=is_training, activation_fn=tf.nn.relu)
        return x + y


def digits_fn(features, labels, mode, params):
    training = mode == tf.estimator.ModeKeys.TRAIN
    with arg_scope([res_unit], is_training=training), arg_scope([dropout], is_training=training):
        x = conv2d(features['pixels'], 8, [3, 3], stride=2)
        for i in range(params['units']):
            x = res_unit(x, 8, scope='unit%d' % i)
        x = dropout(fully_connected(flatten(x), 16), 0.7)
    logits = fully_connected(x, 10, activation_fn=None)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, {'digit': tf.argmax(logits, 1)})
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    train_op = optimize_loss(loss, tf.train.get_global_step(), params['lr'], 'Momentum' if False else 'SGD', clip_gradients=5.0)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def digits():
    r = np.random.RandomState(0)
    return tf.data.Dataset.from_tensor_slices(({'pixels': r.rand(8, 16, 16, 1).astype('f')}, r.randint(0, 10, 8))).repeat().batch(4)


def serving():
    return tf.estimator.export.build_raw_serving_input_receiver_fn({'pixels': tf.placeholder(tf.float32, [None, 16, 16, 1])})()


est = tf.contrib.estimator.add_metrics(tf.estimator.Estimator(digits_fn, 'digits', params={'units': 2, 'lr': .01}),
                                       lambda labels, predictions: {'acc': tf.metrics.accuracy(labels, predictions['digit'])})
est.train(digits, steps=2)
est.export_savedmodel('digits_out', serving)
