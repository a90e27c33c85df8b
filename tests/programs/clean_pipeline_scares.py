"""Everything frightening happens in the input pipeline, the metrics or after the PREDICT return."""
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def jitter(row, target):
    row = tf.numpy_function(lambda a: a[::-1].copy(), [row], tf.float32)
    row = tf.ensure_shape(row, [4])
    row = tf.cond(tf.random.uniform([]) > 0.5, lambda: row, lambda: -row)
    return {"x": row}, target


def unroll(x):
    return tf.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, y * 0.5), [0, x])[1]


def halved_error(labels, predictions):
    value, update = v1.metrics.mean(unroll(tf.abs(labels - predictions)))
    return value, update


def audit(loss):
    return v1.py_func(lambda v: np.float32(v), [loss], tf.float32)


def model_fn(features, labels, mode):
    y = v1.layers.dense(features["x"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    loss = v1.losses.mean_squared_error(labels, y)
    if mode == tf.estimator.ModeKeys.EVAL:
        metrics = {"half": halved_error(labels, y), "audit": v1.metrics.mean(audit(loss))}
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops=metrics)
    shaken = tf.nn.dropout(y, rate=0.1)
    op = v1.train.AdamOptimizer().minimize(loss + 0.0 * tf.reduce_sum(shaken), v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    r = np.random.RandomState(0)
    data = tf.data.Dataset.from_tensor_slices((r.rand(16, 4).astype("f"), r.rand(16, 1).astype("f")))
    return data.map(jitter, num_parallel_calls=2).batch(4).repeat()


def receiver():
    x = v1.placeholder(tf.float32, [None, 4], name="x")
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


if __name__ == "__main__":
    est = tf.estimator.Estimator(model_fn, "scares")
    est.train(rows, steps=3)
    est.evaluate(rows, steps=1)
    est.export_saved_model("scares_out", receiver)
