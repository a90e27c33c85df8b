"""A fused recurrent cell of tf.contrib on the exported path: 1.15's converter has no kernel for it.

What fails: `LSTMBlockFusedCell`, `LSTMBlockCell`, `GRUBlockCellV2` and the Cudnn layers are one op each (`BlockLSTM`,
`LSTMBlockCell`, `GRUBlockCell`, `CudnnRNN`), which 1.15 refuses ("custom implementations: BlockLSTM"), with Select TF
ops too. TensorFlow 2.x has no tf.contrib.

Bad:

    outputs, _ = tf.contrib.rnn.LSTMBlockFusedCell(64)(x, dtype=tf.float32)

Good:

    cell = tf.nn.rnn_cell.LSTMCell(64, name="basic_lstm_cell")
    outputs, _ = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)

The dry run confirms it when the converter refuses the op of the cell made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL414", "contrib-cell-in-exported-graph", by_version("X", "n/a", "n/a"))

CELLS = {
    "tensorflow.contrib.rnn.LSTMBlockFusedCell": ("BlockLSTM",),
    "tensorflow.contrib.rnn.LSTMBlockWrapper": ("BlockLSTM",),
    "tensorflow.contrib.rnn.LSTMBlockCell": ("LSTMBlockCell",),
    "tensorflow.contrib.rnn.GRUBlockCell": ("GRUBlockCell",),
    "tensorflow.contrib.rnn.GRUBlockCellV2": ("GRUBlockCell",),
    **{
        f"tensorflow.contrib.cudnn_rnn.{name}": ("CudnnRNN", "CudnnRNNV2", "CudnnRNNV3", "CudnnRNNParamsToCanonical")
        for name in ("CudnnLSTM", "CudnnGRU", "CudnnRNNRelu", "CudnnRNNTanh")
    },
}


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(CELLS):
        calls = [other.span for other in model.calls if call.id in other.deps]
        name = call.name.rpartition(".")[2]
        yield RULE.at(
            call.span,
            f"`{name}` is one op that TensorFlow 1.15's converter refuses ({CELLS[call.name][0]})",
            expects=Refused(frozenset(CELLS[call.name]), tuple(dict.fromkeys([call.span, *calls]))),
            certainty=call.certainty,
            fix="use tf.nn.rnn_cell.LSTMCell (same weights after renaming) with tf.nn.static_rnn",
            related=way(model, call),
        )
