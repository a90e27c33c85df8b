import numpy as np
import tensorflow as tf

from lib.audio import EXTRACTORS, frame

v1 = tf.compat.v1


class KeywordTrainer(object):

    def __init__(self, opts):
        self.opts = opts
        self.labels = opts.labels.split(',')
        self.estimator = tf.estimator.Estimator(self._model_fn, opts.model_dir, params={'feature': opts.feature})

    def _model_fn(self, features, labels, mode, params):
        framed = frame(features['wave'], self.opts.frames)
        feats = EXTRACTORS[params['feature']](framed)
        net = v1.layers.flatten(feats)
        net = v1.layers.dense(net, 6, tf.nn.relu)
        net = v1.layers.dropout(net, 0.2, training=mode == tf.estimator.ModeKeys.TRAIN)
        logits = v1.layers.dense(net, len(self.labels))
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={'score': tf.nn.softmax(logits), 'index': tf.argmax(logits, 1)})
        loss = v1.losses.sparse_softmax_cross_entropy(labels, logits)
        train_op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

    def _input_fn(self):
        rng = np.random.RandomState(21)
        wave = rng.randn(12, self.opts.samples).astype(np.float32)
        ds = tf.data.Dataset.from_tensor_slices(({'wave': wave}, rng.randint(0, len(self.labels), 12)))
        return ds.shuffle(12).repeat().batch(4)

    def _serving_fn(self):
        wave = v1.placeholder(tf.float32, [None, self.opts.samples], name='wave')
        return tf.estimator.export.ServingInputReceiver({'wave': wave}, {'wave': wave})

    def fit(self):
        self.estimator.train(self._input_fn, steps=2)

    def export(self):
        self.estimator.export_saved_model('kws_export', self._serving_fn)
