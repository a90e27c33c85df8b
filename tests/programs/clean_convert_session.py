import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def lamp_fn(features, labels, mode):
    hidden = v1.layers.dense(features["watt"], 8, activation=tf.nn.relu)
    glow = v1.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"glow": glow})
    loss = v1.losses.mean_squared_error(labels, glow)
    op = v1.train.AdamOptimizer().minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows():
    x = np.random.RandomState(4).rand(16, 4).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(({"watt": x}, x[:, :1])).repeat().batch(4)


def served():
    x = v1.placeholder(tf.float32, [None, 4], name="watt")
    return tf.estimator.export.ServingInputReceiver({"watt": x}, {"watt": x})


estimator = tf.estimator.Estimator(lamp_fn, "lamps")
estimator.train(rows, steps=4)
path = estimator.export_saved_model("lamps_out", served)
with tf.Graph().as_default(), v1.Session() as session:
    graph = v1.saved_model.loader.load(session, ["serve"], path.decode())
    signature = graph.signature_def["serving_default"]
    given = [session.graph.get_tensor_by_name(signature.inputs["watt"].name)]
    wanted = [session.graph.get_tensor_by_name(signature.outputs["glow"].name)]
    converter = v1.lite.TFLiteConverter.from_session(session, given, wanted)
    open("lamp.tflite", "wb").write(converter.convert())
