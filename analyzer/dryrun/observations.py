"""The codes of what only a dry run sees: failures, and wrong answers, that no rule suspected."""

from __future__ import annotations

from analyzer.explained import Explained

API_MISSING = Explained(
    "TFL003",
    "api-missing-from-tensorflow",
    """The program uses names that the installed TensorFlow no longer has.

    TensorFlow 2 moved the 1.x API to `tensorflow.compat.v1` and dropped `tf.contrib`. A program that says
    `import tensorflow as tf` and `tf.placeholder` does not run on it as written. The dry run then presents `tensorflow`
    as `tensorflow.compat.v1` with v2 behaviour off, and says so; what `tf.contrib` had cannot be presented.

    TensorFlow 2.16 dropped `tf.estimator`, and Keras 3 took `tf.layers` and the RNN cells. A stand-in of tflint's own
    builds plain model_fns there, and tf-keras gives the layers where it is installed; canned estimators and heads are
    gone.

    This says nothing about conversion: it is an info, once a file.
    """,
)
PROGRAM_STOPS = Explained(
    "TFL901",
    "program-stops-before-export",
    """The program itself died before it exported a model, so nothing could be built or converted.

    The message is Python's own, on the program's own innermost line. Missing files, missing modules and missing
    arguments are infos: they say something about this machine, not about the model.
    """,
)
EXPORT_FAILS = Explained(
    "TFL902",
    "export-fails",
    """Building the PREDICT graph failed, as the real export would; the converter was never reached.

    The receiver or model_fn raised when it was called with mode PREDICT, or TensorFlow rejected what it returned.
    """,
)
WILL_NOT_RESTORE = Explained(
    "TFL903",
    "checkpoint-will-not-restore",
    """TRAIN makes other variables than PREDICT restores, so the real export dies reading its checkpoint.

    The dry run built both graphs, without training, and compared the variables by the saver's names, by shape and by
    dtype. The finding stands where PREDICT makes the variable.
    """,
)
OP_REFUSED = Explained(
    "TFL904",
    "op-refused-by-converter",
    """The converter refused an op that this line puts into the exported graph.

    Where the converter stopped without naming an op, parts of the graph were converted until one was found with which
    it stops as it did. With "needs Select TF ops" the model converts once `SELECT_TF_OPS` is allowed, and then needs
    the flex delegate on the device; the others convert nowhere.
    """,
)
CONVERSION_FAILS = Explained(
    "TFL905",
    "conversion-fails",
    """The converter failed without naming an op, crashed, or did not end in time.""",
)
INTERPRETER_FAILS = Explained(
    "TFL906",
    "converted-model-does-not-run",
    """The model converts, and the TensorFlow Lite interpreter cannot run what came out.

    It was allocated, invoked at the default batch and once at another batch.
    """,
)
OUTPUT_DIFFERS = Explained(
    "TFL907",
    "converted-model-answers-differently",
    """The model converts and runs, and its answers are not TensorFlow's, or depend on no input at all.""",
)
RANDOM_SEEN = Explained(
    "TFL908",
    "random-op-seen-in-exported-graph",
    """A random op feeds an exported output, where static analysis suspected none: the model answers at random.""",
)
BATCH_STATISTICS_SEEN = Explained(
    "TFL909",
    "batch-statistics-seen-in-exported-graph",
    """A batch normalization of the exported graph uses the statistics of its batch, where none was suspected.""",
)
OWN_CONVERSION_FAILS = Explained(
    "TFL910",
    "conversion-fails-as-called",
    """The converter takes the model, and not the way in which the program calls it.

    The conversion was done as the program does it: by its class and method, with its signature, settings and
    representative dataset. It failed, or the interpreter cannot run what came out, where a plain conversion of the same
    SavedModel converts and runs.
    """,
)
INPUT_UNUSED_SEEN = Explained(
    "TFL911",
    "input-seen-to-reach-no-output",
    """No output of the exported graph depends on the value of this input, where static analysis suspected none.

    The model answers the same whatever it is given there. A key of the receiver that model_fn does not read, or reads
    only for the shape, is harmless on the device and puzzles whoever must feed it; one that was to be read is a mistake
    that nothing else shows.
    """,
)
INT8_FAILS = Explained(
    "TFL912",
    "int8-model-fails",
    """The model converts as it is, and not, or not to the same answers, when all of it is quantized to int8.

    Asked for with `--profile int8`. The representative data is drawn from what the signature takes, always the same,
    and the weights of a program's model are made up. That an answer is off by more than a tenth of the largest one
    shows ops that quantization spoils (large intermediate values, divisions, exponentials), not the accuracy of a
    trained model.
    """,
)
ALL = (
    API_MISSING,
    PROGRAM_STOPS,
    EXPORT_FAILS,
    WILL_NOT_RESTORE,
    OP_REFUSED,
    CONVERSION_FAILS,
    INTERPRETER_FAILS,
    OUTPUT_DIFFERS,
    RANDOM_SEEN,
    BATCH_STATISTICS_SEEN,
    OWN_CONVERSION_FAILS,
    INPUT_UNUSED_SEEN,
    INT8_FAILS,
)
