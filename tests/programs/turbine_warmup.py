# anomaly score of a sensor window; inputs are normalised with running statistics
import numpy as np
import tensorflow.compat.v1 as tf

try:
    from absl import flags
except ImportError:
    flags = None

WIDTH, MOMENTUM = 6, 0.99


def running_normalise(x, training):
    with tf.variable_scope('norm'):
        mean = tf.get_variable('mean', [WIDTH], initializer=tf.zeros_initializer(), trainable=False)
        var = tf.get_variable('var', [WIDTH], initializer=tf.ones_initializer(), trainable=False)
        seen = tf.get_variable('seen', [], tf.float32, initializer=tf.zeros_initializer(), trainable=False)
    if training:
        m, v = tf.nn.moments(x, [0])
        updates = [tf.assign(mean, MOMENTUM * mean + (1 - MOMENTUM) * m),
                   tf.assign(var, MOMENTUM * var + (1 - MOMENTUM) * v)]
        with tf.control_dependencies(updates):
            x = tf.identity(x)
    count = tf.assign_add(seen, 1.0)
    with tf.control_dependencies([count]):
        return (x - mean) / tf.sqrt(var + 1e-6) * tf.minimum(1.0, count / 100.0)


def autoencoder(features, labels, mode, params):
    x = features['window']
    h = running_normalise(x, mode == tf.estimator.ModeKeys.TRAIN)
    target = h
    for n in params['encoder'] + params['decoder']:
        h = tf.layers.dense(h, n, tf.nn.tanh)
    out = tf.layers.dense(h, WIDTH)
    score = tf.reduce_mean(tf.square(out - target), axis=1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={'score': score, 'restored': out})
    loss = tf.reduce_mean(score)
    opt = tf.train.RMSPropOptimizer(1e-3)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=opt.minimize(loss, tf.train.get_global_step()))


def windows():
    x = np.random.RandomState(0).randn(40, WIDTH).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices({'window': x}).repeat().batch(10)


def receiver():
    w = tf.placeholder(tf.float32, [None, WIDTH], 'window')
    return tf.estimator.export.ServingInputReceiver({'window': w}, {'window': w})


def main():
    est = tf.estimator.Estimator(autoencoder, 'ae', params=dict(encoder=[8, 3], decoder=[8]))
    est.train(windows, steps=3)
    est.export_saved_model('ae_export', receiver)


if __name__ == '__main__':
    main()
