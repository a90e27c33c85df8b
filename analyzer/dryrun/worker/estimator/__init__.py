"""A stand-in for tf.estimator, which TensorFlow 2.16 dropped: as much of it as builds and exports a plain model_fn.

It trains nothing, as every Estimator of a dry run. Words of errors are tf.estimator's own; what becomes of outputs and
signatures TensorFlow still decides itself (`saved_model.model_utils`). Canned estimators and heads are not here.
"""
