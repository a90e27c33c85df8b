import tensorflow as tf

from . import layers as nn


class PlantEstimator(tf.estimator.Estimator):
    def __init__(self, units, model_dir=None, config=None):
        def _model_fn(features, labels, mode, config):
            return _plant_model(features, labels, mode, units)

        super(PlantEstimator, self).__init__(model_fn=_model_fn, model_dir=model_dir, config=config)


def _plant_model(features, labels, mode, units):
    is_training = mode == tf.estimator.ModeKeys.TRAIN
    hidden = nn.block(features["pixels"], units, is_training)
    logits = nn.dense(hidden, 2)
    if mode == tf.estimator.ModeKeys.PREDICT:
        outputs = {"serving_default": tf.estimator.export.PredictOutput({"logits": logits})}
        return tf.estimator.EstimatorSpec(mode, predictions=logits, export_outputs=outputs)
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels, logits)
    step = tf.compat.v1.train.get_global_step()
    train_op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(loss, step)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)
