"""Human activity recognition, 1-D CNN over accelerometer windows."""
import os
import numpy as np
import tensorflow.compat.v1 as tf


class HARModel(object):
    """Builds the net; remembers what each mode needs."""

    def __init__(self, params, mode):
        self.params = params
        self.mode = mode
        self.is_training = mode == tf.estimator.ModeKeys.TRAIN
        self.update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)

    def _block(self, x, filters, name):
        with tf.variable_scope(name):
            x = tf.layers.conv1d(x, filters, 5, padding='same', use_bias=False)
            x = tf.layers.batch_normalization(x, training=self.is_training)
            x = tf.nn.relu(x)
            return tf.layers.max_pooling1d(x, 2, 2)

    def logits(self, x):
        for i, f in enumerate(self.params['filters']):
            x = self._block(x, f, 'block_%d' % i)
        x = tf.layers.flatten(x)
        x = tf.layers.dropout(x, 0.5, training=self.is_training)
        return tf.layers.dense(x, self.params['classes'])

    def spec(self, features, labels):
        logits = self.logits(features['acc'])
        if self.mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(self.mode, predictions={
                'activity': tf.argmax(logits, 1), 'p': tf.nn.softmax(logits)})
        loss = tf.losses.softmax_cross_entropy(tf.one_hot(labels, self.params['classes']), logits)
        if self.mode == tf.estimator.ModeKeys.EVAL:
            return tf.estimator.EstimatorSpec(self.mode, loss=loss)
        with tf.control_dependencies(self.update_ops):
            train_op = tf.train.AdamOptimizer(self.params['lr']).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(self.mode, loss=loss, train_op=train_op)


def model_fn(features, labels, mode, params):
    return HARModel(params, mode).spec(features, labels)


def input_fn():
    r = np.random.RandomState(0)
    return tf.data.Dataset.from_tensor_slices(({'acc': r.randn(24, 32, 3).astype('f')}, r.randint(0, 6, 24))).shuffle(24).repeat().batch(8)


def serving_input_receiver_fn():
    acc = tf.placeholder(tf.float32, shape=[None, 32, 3], name='acc')
    return tf.estimator.export.ServingInputReceiver(features={'acc': acc}, receiver_tensors={'acc': acc})


if __name__ == '__main__':
    est = tf.estimator.Estimator(model_fn, model_dir='har', params={'filters': [8, 16], 'classes': 6, 'lr': 1e-3})
    tf.estimator.train_and_evaluate(
        est, tf.estimator.TrainSpec(input_fn, max_steps=3),
        tf.estimator.EvalSpec(input_fn, steps=1, exporters=[tf.estimator.FinalExporter('har', serving_input_receiver_fn)]))
