"""Convolution or pooling over `channels_first` (NCHW) data: TensorFlow 1.15's converter takes NHWC alone.

What fails: 1.15 (TOCO) aborts ("Unexpected value for attribute 'data_format'. Expected 'NHWC'"). 2.15 and 2.21
transpose and convert it. TensorFlow itself runs NCHW only on a GPU in most kernels.

Bad (for 1.15):

    x = tf.layers.conv2d(x, 8, 3, data_format="channels_first")

Good:

    data_format = "channels_first" if mode == tf.estimator.ModeKeys.TRAIN else "channels_last"    # transposed features

The dry run confirms it when the converter refuses an op made on this line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Suspicion
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Instance, Value, constant
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL413", "channels-first-in-exported-graph", by_version("X", "B", "B"))

LAID_OUT = re.compile(
    r"\.(conv[123]d\w*|convolution\w*|conv2d_transpose|separable_conv\w*|separable_convolution\w*|depthwise_conv\w*"
    r"|max_pool\w*|avg_pool\w*|average_pooling\w*|fused_batch_norm|batch_norm|depth_to_space|space_to_depth"
    r"|(Conv|SeparableConv|DepthwiseConv|MaxPool|AveragePool|MaxPooling|AveragePooling|AvgPool)\w*\.__call__)$"
)
FIRST = frozenset({"channels_first", "NCHW", "NCW", "NCDHW", "NCHW_VECT_C"})
OPS = frozenset(
    "Conv2D Conv3D MaxPool MaxPoolV2 AvgPool MaxPool3D AvgPool3D DepthwiseConv2dNative Conv2DBackpropInput "
    "FusedBatchNorm FusedBatchNormV3 DepthToSpace SpaceToDepth BiasAdd".split()
)


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.calls:
        if not model.is_exported(call) or not LAID_OUT.search(call.name) or not call.name.startswith("tensorflow."):
            continue
        if constant(_data_format(call)) in FIRST:
            yield RULE.at(
                call.span,
                f"`{call.spelled}` of channels-first data: 1.15's converter takes NHWC alone, 2.15 and 2.21 transpose",
                expects=Refused(OPS, (call.span,)),
                certainty=Certainty.MAYBE if call.arguments.open else call.certainty,
                fix="export with data_format='channels_last'",
                related=way(model, call),
            )


def _data_format(call: ApiCall) -> Value | None:
    """The layout given to the call, or to the layer that is called."""
    given = call.arguments.get("data_format")
    if given is None and isinstance(call.owner, Instance):
        given = call.owner.arguments.get("data_format")
    return given
