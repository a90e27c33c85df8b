"""A plain callable as model_fn, and a receiver that hands over a bare tensor."""
import numpy as np
import tensorflow as tf

keys = tf.estimator.ModeKeys


class Drum(object):
    beats = 4

    def network(self, x):
        flat = tf.reshape(x, shape=[-1, self.beats * 2])
        return tf.compat.v1.layers.dense(flat, 1, name="tempo")

    def __call__(self, features, labels, mode):
        tempo = self.network(features)
        if mode == keys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={"tempo": tempo})
        loss = tf.compat.v1.losses.huber_loss(labels, tempo)
        optimizer = tf.compat.v1.train.RMSPropOptimizer(0.01)
        return tf.estimator.EstimatorSpec(
            mode, loss=loss, train_op=optimizer.minimize(loss, tf.compat.v1.train.get_global_step()))

    @staticmethod
    def receiver():
        beat = tf.compat.v1.placeholder(tf.float32, [None, Drum.beats, 2])
        return tf.estimator.export.ServingInputReceiver(beat, {"beat": beat})


def session():
    rng = np.random.RandomState(1)
    return tf.data.Dataset.from_tensor_slices(
        (rng.rand(12, 4, 2).astype("float32"), rng.rand(12, 1).astype("float32"))).repeat().batch(4)


drum = Drum()
est = tf.estimator.Estimator(model_fn=drum.__call__, model_dir="drum")
est.train(session, steps=3)
est.export_saved_model("drum_out", Drum.receiver)
