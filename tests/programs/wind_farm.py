import numpy as np
import tensorflow as tf


def columns():
    speed = tf.feature_column.numeric_column("speed")
    edges = list(np.linspace(3.0, 21.0, 4))
    return [speed, tf.feature_column.bucketized_column(speed, edges)]


class Farm:
    def __init__(self, where):
        self.model = tf.estimator.DNNRegressor(hidden_units=(6,), feature_columns=columns(), model_dir=where)

    def gusts(self):
        rng = np.random.RandomState(9)
        speed = (rng.rand(24, 1) * 24).astype(np.float32)
        return tf.data.Dataset.from_tensor_slices(({"speed": speed}, speed ** 2)).repeat().batch(6)

    def mast(self):
        speed = tf.compat.v1.placeholder(tf.float32, [None, 1], "speed")
        return tf.estimator.export.ServingInputReceiver({"speed": speed}, {"speed": speed})

    def publish(self):
        self.model.train(self.gusts, max_steps=4)
        self.model.export_saved_model("farm_out", self.mast)


if __name__ == "__main__":
    Farm("farm").publish()
