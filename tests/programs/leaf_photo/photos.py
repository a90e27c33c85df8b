import numpy as np
import tensorflow.compat.v1 as tf

SIDE = 8


def _pixels(jpeg):
    image = tf.image.decode_jpeg(jpeg, channels=3)
    image.set_shape([SIDE, SIDE, 3])
    return tf.cast(image, tf.float32) / 255.0


def garden():
    rng = np.random.RandomState(13)
    images = rng.rand(12, SIDE, SIDE, 3).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"image": images}, rng.randint(0, 2, 12))).repeat().batch(4)


def upload_receiver():
    upload = tf.placeholder(tf.string, [1], name="upload")
    image = tf.expand_dims(_pixels(upload[0]), 0)
    return tf.estimator.export.ServingInputReceiver({"image": image}, {"upload": upload})
