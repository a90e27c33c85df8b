import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import BatchNormalization, Dense, Dropout


def tower(x, is_training, depth=2):
    seen = tf.constant_initializer(0.5)
    x = BatchNormalization(moving_mean_initializer=seen, trainable=False)(x, training=False)
    for _ in range(depth):
        x = Dense(4, activation="relu")(x)
        x = Dropout(0.2)(x, training=is_training)
    return Dense(1)(x)


def _train(loss):
    step = tf.compat.v1.train.get_global_step()
    return tf.compat.v1.train.GradientDescentOptimizer(0.01).minimize(loss, step)


def jam_fn(features, labels, mode, params, config):
    fruit = features["fruit"]
    set_time = tower(fruit, mode == tf.estimator.ModeKeys.TRAIN, depth=params["depth"])
    predictions = {"set_time": set_time}
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode=mode, predictions=predictions)
    loss = tf.keras.losses.mean_squared_error(labels, set_time)
    loss = tf.reduce_mean(loss)
    return tf.estimator.EstimatorSpec(
        mode=mode, loss=loss, train_op=_train(loss) if mode == tf.estimator.ModeKeys.TRAIN else None)


def jars():
    r = np.random.RandomState(4)
    return tf.data.Dataset.from_tensor_slices(
        ({"fruit": r.rand(12, 3).astype("float32")}, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def pot():
    fruit = tf.compat.v1.placeholder(tf.float32, [None, 3], name="fruit")
    return tf.estimator.export.ServingInputReceiver({"fruit": fruit}, {"fruit": fruit})


if __name__ == "__main__":
    jam = tf.estimator.Estimator(jam_fn, "jam", params={"depth": 1})
    jam.train(jars, steps=3)
    jam.export_saved_model("jam_out", pot)
