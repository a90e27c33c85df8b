import os

import tensorflow as tf


def newest(folder):
    return os.path.join(folder, max(os.listdir(folder)))


def to_phone(folder, target):
    converter = tf.lite.TFLiteConverter.from_saved_model(newest(folder))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    with open(target, "wb") as file:
        file.write(converter.convert())
