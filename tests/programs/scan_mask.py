import numpy as np
import tensorflow.compat.v1 as tf

L = tf.keras.layers


def conv_bn(x, filters, training):
    for _ in range(2):
        x = L.Conv2D(filters, 3, padding='same', use_bias=False)(x)
        x = L.BatchNormalization()(x, training=training)
        x = L.Activation('relu')(x)
    return x


class UNet:
    def __init__(self, base=4, depth=2, classes=2):
        self.base, self.depth, self.classes = base, depth, classes
        self.head = L.Conv2D(classes, 1)

    def build(self, x, training):
        skips = []
        for d in range(self.depth):
            x = conv_bn(x, self.base * 2 ** d, training)
            skips.append(x)
            x = L.MaxPool2D()(x)
        x = conv_bn(x, self.base * 2 ** self.depth, True)
        x = L.SpatialDropout2D(0.3)(x, training=training)
        for skip in reversed(skips):
            x = L.UpSampling2D()(x)
            x = L.concatenate([x, skip])
            x = conv_bn(x, skip.shape[-1], training)
        return self.head(x)


def model_fn(features, labels, mode):
    is_training = mode == tf.estimator.ModeKeys.TRAIN
    tf.keras.backend.set_learning_phase(is_training)
    mask = UNet().build(features, is_training)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={'mask': tf.nn.softmax(mask)})
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=mask))
    update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    with tf.control_dependencies(update_ops):
        step = tf.train.AdamOptimizer().minimize(loss, global_step=tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step)


def scans():
    r = np.random.RandomState(0)
    return tf.data.Dataset.from_tensor_slices((r.rand(4, 16, 16, 1).astype('f'), r.randint(0, 2, (4, 16, 16)))).repeat().batch(2)


def serving():
    x = tf.placeholder(tf.float32, [None, 16, 16, 1], name='scan')
    return tf.estimator.export.TensorServingInputReceiver(x, x)


if __name__ == '__main__':
    e = tf.estimator.Estimator(model_fn, 'unet')
    e.train(scans, steps=2)
    e.export_saved_model('unet_out', serving)
