import numpy as np
import tensorflow as tf

c = tf.compat.v1


def order_fn(features, labels, mode):
    total = c.layers.dense(features["items"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"total": total, "order": features["order"]})
    loss = c.losses.mean_squared_error(labels, total)
    op = c.train.GradientDescentOptimizer(0.1).minimize(loss, c.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def orders():
    r = np.random.RandomState(3)
    x = {"items": r.rand(12, 2).astype("float32"), "order": np.arange(12, dtype=np.float32).reshape(12, 1)}
    return tf.data.Dataset.from_tensor_slices((x, r.rand(12, 1).astype("float32"))).repeat().batch(4)


def till():
    items = c.placeholder(tf.float32, [None, 2], name="items")
    order = c.placeholder(tf.float32, [None, 1], name="order")
    return tf.estimator.export.ServingInputReceiver({"items": items, "order": order}, {"items": items, "order": order})


if __name__ == "__main__":
    est = tf.estimator.Estimator(order_fn, "orders")
    est.train(orders, steps=3)
    est.export_saved_model("orders_out", till)
