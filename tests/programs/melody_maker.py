import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def hum(seed_note, weights, length):
    """Plays one note after another: the song grows, so its shape is not the loop's invariant."""
    song = tf.expand_dims(seed_note, 1)

    def body(i, song):
        note = tf.tanh(tf.matmul(song[:, -1, :], weights))
        return i + 1, tf.concat([song, tf.expand_dims(note, 1)], axis=1)

    shapes = [tf.TensorShape([]), tf.TensorShape([None, None, 2])]
    _, song = tf.while_loop(lambda i, s: i < length, body, [tf.constant(0), song], shape_invariants=shapes)
    return song


def melody_fn(features, labels, mode):
    weights = v1.get_variable("weights", [2, 2])
    song = hum(features["note"], weights, 3)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"song": song})
    loss = tf.reduce_mean(tf.square(song[:, -1, :] - labels))
    op = v1.train.GradientDescentOptimizer(0.01).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def songs():
    r = np.random.RandomState(3)
    return tf.data.Dataset.from_tensor_slices(
        ({"note": r.rand(8, 2).astype("float32")}, r.rand(8, 2).astype("float32"))).repeat().batch(4)


def keyboard():
    note = v1.placeholder(tf.float32, [1, 2], "note")
    return tf.estimator.export.ServingInputReceiver({"note": note}, {"note": note})


if __name__ == "__main__":
    v1.disable_control_flow_v2()
    est = tf.estimator.Estimator(melody_fn, "melody")
    est.train(songs, steps=2)
    est.export_saved_model("melody_out", keyboard)
