import numpy as np
import tensorflow.compat.v1 as tf

N_USERS, N_ITEMS, K = 12, 15, 4
AGE_EDGES = [18.0, 25.0, 35.0, 50.0, 65.0]


def orthogonalise(m):
    s, u, v = tf.linalg.svd(m)
    return tf.matmul(m, v)


def age_bucket(age):
    return tf.searchsorted(tf.constant(AGE_EDGES), age)


MODELS = {}


def register(name):
    def wrap(fn):
        MODELS[name] = fn
        return fn
    return wrap


@register("mf")
def mf(features, params):
    users = tf.get_variable("users", [N_USERS, K])
    ages = tf.get_variable("ages", [len(AGE_EDGES) + 1, K])
    items = tf.get_variable("items", [N_ITEMS, K])
    u = tf.gather(users, features["user"]) + tf.gather(ages, age_bucket(features["age"]))
    return u, items


@register("popularity")
def popularity(features, params):
    counts = tf.py_func(lambda: np.ones((1, N_ITEMS), np.float32), [], tf.float32)
    return tf.ones([tf.shape(features["user"])[0], 1]), tf.transpose(counts)


def model_fn(features, labels, mode, params):
    u, items = MODELS[params["kind"]](features, params)
    if mode == tf.estimator.ModeKeys.PREDICT:
        rotated = orthogonalise(items)
        scores = tf.matmul(u, items, transpose_b=True)
        top, ids = tf.nn.top_k(scores, k=3)
        return tf.estimator.EstimatorSpec(mode, predictions=dict(items=ids, scores=top, near=tf.matmul(u, rotated, transpose_b=True)))
    picked = tf.gather(items, labels["item"])
    rating = tf.reduce_sum(u * picked, 1)
    loss = tf.losses.huber_loss(labels["rating"], rating)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=tf.train.AdagradOptimizer(.1).minimize(loss, tf.train.get_global_step()))


def ratings():
    r = np.random.RandomState(0)
    f = {"user": r.randint(0, N_USERS, 40).astype(np.int32), "age": r.uniform(15, 70, 40).astype(np.float32)}
    y = {"item": r.randint(0, N_ITEMS, 40).astype(np.int32), "rating": r.rand(40).astype(np.float32)}
    return tf.data.Dataset.from_tensor_slices((f, y)).repeat().batch(8)


def serving():
    f = {"user": tf.placeholder(tf.int32, [None], "user"), "age": tf.placeholder(tf.float32, [None], "age")}
    return tf.estimator.export.ServingInputReceiver(f, f)


if __name__ == "__main__":
    est = tf.estimator.Estimator(model_fn, "recsys", params={"kind": "mf"})
    est.train(ratings, steps=3)
    est.export_saved_model("recsys_out", serving)
