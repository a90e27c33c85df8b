"""A sentence classifier with an encoder of BERT-base's size: 12 layers, 768 wide, 110 million weights.

Run as a program it trains one step and exports: `python bert_encoder.py FOLDER`.
"""

import math
import sys

import numpy as np
import tensorflow.compat.v1 as tf

VOCABULARY = 30522
LAYERS = 12
HEADS = 12
WIDTH = 768
TOKENS = 128
CLASSES = 2


def input_fn():
    rng = np.random.RandomState(0)
    ids = rng.randint(VOCABULARY, size=[4, TOKENS]).astype(np.int32)
    features = {"ids": ids, "mask": np.ones_like(ids), "segments": np.zeros_like(ids)}
    return tf.data.Dataset.from_tensor_slices((features, np.array([0, 1, 1, 0], np.int32))).repeat().batch(2)


def gelu(x):
    return 0.5 * x * (1.0 + tf.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * tf.pow(x, 3.0))))


def normalize(x, name):
    with tf.variable_scope(name):
        scale = tf.get_variable("scale", [WIDTH], initializer=tf.ones_initializer())
        shift = tf.get_variable("shift", [WIDTH], initializer=tf.zeros_initializer())
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        return (x - mean) * tf.rsqrt(variance + 1e-12) * scale + shift


def dense(x, units, name, activation=None):
    initializer = tf.truncated_normal_initializer(stddev=0.02)
    return tf.layers.dense(x, units, activation, kernel_initializer=initializer, name=name)


def drop(x, training):
    return tf.nn.dropout(x, rate=0.1) if training else x


def split_heads(x):
    return tf.transpose(tf.reshape(x, [-1, TOKENS, HEADS, WIDTH // HEADS]), [0, 2, 1, 3])


def attend(x, bias, training):
    query, key, value = (split_heads(dense(x, WIDTH, name)) for name in ("query", "key", "value"))
    scores = tf.matmul(query, key, transpose_b=True) / math.sqrt(WIDTH // HEADS) + bias
    context = tf.matmul(drop(tf.nn.softmax(scores), training), value)
    return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [-1, TOKENS, WIDTH])


def embed(features, training):
    initializer = tf.truncated_normal_initializer(stddev=0.02)
    words = tf.get_variable("words", [VOCABULARY, WIDTH], initializer=initializer)
    places = tf.get_variable("places", [512, WIDTH], initializer=initializer)
    segments = tf.get_variable("segments", [2, WIDTH], initializer=initializer)
    x = tf.gather(words, features["ids"]) + tf.gather(segments, features["segments"])
    return drop(normalize(x + places[:TOKENS], "norm"), training)


def encode(features, training):
    with tf.variable_scope("embeddings"):
        x = embed(features, training)
    mask = tf.cast(features["mask"], tf.float32)
    bias = (1.0 - mask[:, tf.newaxis, tf.newaxis, :]) * -10000.0
    for layer in range(LAYERS):
        with tf.variable_scope(f"layer_{layer}"):
            attended = dense(attend(x, bias, training), WIDTH, "mixed")
            x = normalize(x + drop(attended, training), "norm_attention")
            widened = dense(dense(x, 4 * WIDTH, "wide", gelu), WIDTH, "narrow")
            x = normalize(x + drop(widened, training), "norm_output")
    return dense(x[:, 0], WIDTH, "pooled", tf.tanh)


def model_fn_builder(classes, rate):
    def model_fn(features, labels, mode):
        training = mode == tf.estimator.ModeKeys.TRAIN
        logits = dense(drop(encode(features, training), training), classes, "logits")
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={"probabilities": tf.nn.softmax(logits)})
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train_op = tf.train.AdamOptimizer(rate).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

    return model_fn


def serving_input_receiver_fn():
    inputs = {name: tf.placeholder(tf.int32, [None, TOKENS], name=name) for name in ("ids", "mask", "segments")}
    return tf.estimator.export.ServingInputReceiver(inputs, inputs)


def main(folder):
    model_fn = model_fn_builder(CLASSES, 2e-5)
    estimator = tf.estimator.Estimator(model_fn, model_dir=folder + "/model")
    estimator.train(input_fn, steps=1)
    estimator.export_saved_model(folder + "/export", serving_input_receiver_fn)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "bert")
