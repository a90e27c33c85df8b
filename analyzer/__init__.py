"""tflint: finds what keeps a tf.estimator program from becoming a TensorFlow Lite model, and proves it."""

__version__ = "0.1.0"
