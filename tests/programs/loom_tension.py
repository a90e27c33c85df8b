"""Thread tension of a loom from its strain gauges: a Sequential model that serves as an Estimator."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

STEPS, GAUGES = 6, 3
SGD = tf.keras.optimizers.SGD if tf.__version__ < "2" else tf.keras.optimizers.legacy.SGD


def loom():
    model = tf.keras.Sequential()
    model.add(layers.InputLayer((STEPS, GAUGES), name="gauge"))
    model.add(layers.LSTM(4, return_sequences=True))
    model.add(layers.TimeDistributed(layers.Dense(3, activation="relu")))
    model.add(layers.Dropout(0.2))
    model.add(layers.Lambda(lambda steps: tf.transpose(steps, [1, 0, 2])[-1]))
    model.add(layers.Dense(1, name="tension"))
    model.compile(SGD(0.01), "mse")
    return model


def shifts():
    rng = np.random.RandomState(5)
    gauge = rng.rand(16, STEPS, GAUGES).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"gauge": gauge}, gauge.mean(axis=(1, 2))[:, None])).repeat().batch(4)


def panel():
    gauge = tf.compat.v1.placeholder(tf.float32, [None, STEPS, GAUGES], name="strain")
    return tf.estimator.export.ServingInputReceiver({"gauge": gauge}, {"gauge": gauge})


if __name__ == "__main__":
    est = tf.keras.estimator.model_to_estimator(keras_model=loom(), model_dir="loom")
    est.train(shifts, steps=3)
    est.export_saved_model("loom_out", panel)
