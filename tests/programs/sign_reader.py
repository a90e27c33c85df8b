"""A server's habit: base64 images and a spelling table; three kinds of text and image ops at once."""
import numpy as np
import tensorflow as tf

io, strings = tf.io, tf.strings


class SignReader:
    kinds = 3

    def receiver(self):
        encoded = tf.compat.v1.placeholder(tf.string, [1], name="encoded")
        raw = io.decode_base64(encoded[0])
        pixels = tf.reshape(io.decode_raw(raw, tf.uint8), [1, 12])
        return tf.estimator.export.ServingInputReceiver({"pixels": tf.cast(pixels, tf.float32)}, {"encoded": encoded})

    def model(self, features, labels, mode):
        logits = tf.compat.v1.layers.dense(features["pixels"] / 255.0, self.kinds)
        if mode == tf.estimator.ModeKeys.PREDICT:
            text = strings.as_string(tf.nn.softmax(logits), precision=3)
            return tf.estimator.EstimatorSpec(mode, predictions={"text": text})
        loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels, logits)
        op = tf.compat.v1.train.AdamOptimizer().minimize(loss, tf.compat.v1.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)

    def roads(self):
        r = np.random.RandomState(6)
        x = {"pixels": r.randint(0, 255, (12, 12)).astype("float32")}
        return tf.data.Dataset.from_tensor_slices((x, r.randint(0, 3, 12))).repeat().batch(4)


if __name__ == "__main__":
    reader = SignReader()
    est = tf.estimator.Estimator(reader.model, "signs")
    est.train(reader.roads, steps=3)
    est.export_saved_model("signs_out", reader.receiver)
