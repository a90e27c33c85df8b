import numpy as np
import tensorflow as tf

GENRES = 5


def columns():
    genre = tf.feature_column.categorical_column_with_identity("genre", GENRES)
    return [tf.feature_column.numeric_column("year"), tf.feature_column.embedding_column(genre, 2)]


def film_fn(features, labels, mode, params):
    dense = tf.compat.v1.feature_column.input_layer(features, params["columns"])
    stars = tf.compat.v1.layers.dense(dense, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"stars": stars})
    loss = tf.compat.v1.losses.mean_squared_error(labels, stars)
    op = tf.compat.v1.train.AdagradOptimizer(0.1).minimize(loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def films():
    r = np.random.RandomState(6)
    x = {"genre": r.randint(0, GENRES, (12, 1)), "year": r.rand(12, 1).astype("float32")}
    return tf.data.Dataset.from_tensor_slices((x, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def cinema():
    x = {"genre": tf.compat.v1.placeholder(tf.int64, [None, 1]), "year": tf.compat.v1.placeholder(tf.float32, [None, 1])}
    return tf.estimator.export.ServingInputReceiver(x, x)


if __name__ == "__main__":
    est = tf.estimator.Estimator(film_fn, "films", params={"columns": columns()})
    est.train(films, steps=3)
    est.export_saved_model("films_out", cinema)
