"""Which operators a .tflite file holds, read from its bytes: no TensorFlow version offers this in one way."""

from __future__ import annotations

import struct
from typing import Any

CUSTOM = 32
QUANTIZED = {1, 3, 7, 9}
"""TensorType: float16, uint8, int16, int8."""
NAMES = (
    "ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR "
    "FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION "
    "LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH "
    "CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER "
    "BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE "
    "BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM "
    "ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE "
    "TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK "
    "LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL "
    "FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL "
    "REVERSE_V2 ADD_N GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND "
    "HARD_SWISH IF WHILE NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM "
    "BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS "
    "HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE "
    "ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU "
    "DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 "
    "UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR RIGHT_SHIFT"
).split()


class Table:
    """A table of a flatbuffer."""

    def __init__(self, data: bytes, offset: int) -> None:
        self.data = data
        self.offset = offset
        self.fields = offset - struct.unpack_from("<i", data, offset)[0]
        self.size = struct.unpack_from("<H", data, self.fields)[0]

    def _at(self, field: int) -> int:
        slot = 4 + 2 * field
        place = struct.unpack_from("<H", self.data, self.fields + slot)[0] if slot < self.size else 0
        return self.offset + place if place else 0

    def number(self, field: int, kind: str) -> int:
        """A scalar field, 0 where it is left out."""
        place = self._at(field)
        return int(struct.unpack_from("<" + kind, self.data, place)[0]) if place else 0

    def text(self, field: int) -> str:
        """A string field."""
        place = self._at(field)
        if not place:
            return ""
        start = place + struct.unpack_from("<I", self.data, place)[0]
        length = struct.unpack_from("<I", self.data, start)[0]
        return self.data[start + 4 : start + 4 + length].decode("utf-8", "replace")

    def numbers(self, field: int) -> list[int]:
        """A vector of 32-bit integers."""
        place = self._at(field)
        if not place:
            return []
        start = place + struct.unpack_from("<I", self.data, place)[0]
        count = struct.unpack_from("<I", self.data, start)[0]
        return list(struct.unpack_from("<%di" % count, self.data, start + 4))

    def tables(self, field: int) -> list[Any]:
        """A vector of tables."""
        place = self._at(field)
        if not place:
            return []
        start = place + struct.unpack_from("<I", self.data, place)[0]
        count = struct.unpack_from("<I", self.data, start)[0]
        entries = [start + 4 + 4 * index for index in range(count)]
        return [Table(self.data, entry + struct.unpack_from("<I", self.data, entry)[0]) for entry in entries]


def operators(data: bytes) -> dict[str, int]:
    """Operator name -> how often it occurs, in all subgraphs."""
    model = Table(data, struct.unpack_from("<I", data, 0)[0])
    names = [_name(code) for code in model.tables(1)]
    counts: dict[str, int] = {}
    for subgraph in model.tables(2):
        for operator in subgraph.tables(3):
            name = names[operator.number(0, "I")]
            counts[name] = counts.get(name, 0) + 1
    return counts


def versions(data: bytes) -> dict[str, int]:
    """Name of a builtin operator -> the newest version of it that the model asks for."""
    model = Table(data, struct.unpack_from("<I", data, 0)[0])
    newest: dict[str, int] = {}
    for code in model.tables(1):
        if _number(code) != CUSTOM:
            newest[_name(code)] = max(code.number(2, "i") or 1, newest.get(_name(code), 1))
    return newest


def nodes_of(data: bytes, number: int) -> list[str]:
    """The graph nodes that an operator of the main subgraph was made of, as far as its outputs are named for them."""
    model = Table(data, struct.unpack_from("<I", data, 0)[0])
    main = model.tables(2)[0]
    listed, tensors = main.tables(3), main.tables(0)
    outputs = listed[number].numbers(2) if number < len(listed) else []
    names = [name for output in outputs for name in tensors[output].text(3).split(";")]
    return [name[:-2] if name.endswith(":0") else name for name in names]


def is_quantized(data: bytes) -> bool:
    """Whether a tensor of the model is of a type that quantization makes."""
    model = Table(data, struct.unpack_from("<I", data, 0)[0])
    return any(tensor.number(1, "b") in QUANTIZED for graph in model.tables(2) for tensor in graph.tables(0))


def _number(code: Table) -> int:
    # Codes from 127 on stand in a wider field; old files have only the narrow one.
    return max(code.number(0, "b"), code.number(3, "i"))


def _name(code: Table) -> str:
    number = _number(code)
    if number == CUSTOM:
        return code.text(1)
    return NAMES[number] if number < len(NAMES) else "BUILTIN_%d" % number
