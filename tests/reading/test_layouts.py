"""Shapes through layers and rearrangements: what is claimed must be certain."""

from __future__ import annotations

import pytest

from analyzer.analysis import export_graph
from analyzer.reading.project import Project
from analyzer.reading.shapes import shape_of
from tests.rules.asking import PATH, program

IMAGES = "tf.placeholder(tf.float32, [None, 8, 6, 3], name='x')"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("tf.transpose(x, [0, 3, 1, 2])", (None, 3, 8, 6)),
        ("tf.transpose(x, order)", None),
        ("tf.reduce_mean(x, axis=[1, 2])", (None, 3)),
        ("tf.reduce_sum(x, 1, keepdims=True)", (None, 1, 6, 3)),
        ("tf.reduce_max(x)", ()),
        ("tf.reduce_max(x, axis)", None),
        ("tf.squeeze(x[:, :1], axis=1)", (None, 6, 3)),
        ("tf.squeeze(x)", None),
        ("tf.concat([x, x], axis=-1)", (None, 8, 6, 6)),
        ("tf.concat([x, unknown()], axis=-1)", None),
        ("tf.concat(parts, axis=1)", None),
        ("tf.stack([x, x], axis=1)", (None, 2, 8, 6, 3)),
        ("tf.layers.flatten(x)", (None, 144)),
        ("tf.keras.layers.Flatten()(x)", (None, 144)),
        ("tf.layers.conv2d(x, 5, 3)", (None, None, None, 5)),
        ("tf.layers.conv2d(x, 5, 3, data_format='channels_first')", (None, None, None, None)),
        ("tf.layers.max_pooling2d(x, 2, 2)", (None, None, None, 3)),
        ("tf.matmul(x[:, 0, 0], tf.ones([3, 7]))", (None, 7)),
        ("tf.signal.stft(x, 2, 1)", (None, 8, 6, 2, 2)),
        ("tf.signal.stft(x, 3, 1)", (None, 8, 6, 1, 3)),
        ("tf.signal.stft(x, frame_length=2, frame_step=1, fft_length=8)", (None, 8, 6, 2, 5)),
        ("tf.signal.stft(x, 2, 1, params['fft'])", None),
        ("tf.signal.stft(x, 2, params['step'])", None),
        ("tf.signal.stft(x, 2, 1, pad_end=True)", None),
        ("x[..., 0]", (None, 8, 6)),
        ("x[:, tf.newaxis]", (None, 1, 8, 6, 3)),
        ("x[1:, ::2]", (None, 4, 6, 3)),
        ("x[i]", None),
        ("tf.split(x, 3, axis=2)[1]", (None, 8, 2, 3)),
        ("tf.split(x, [2, 4], axis=2)[1]", (None, 8, None, 3)),
        ("tf.split(x, 2)[0]", (None, 8, 6, 3)),
        ("tf.unstack(x, axis=1)[0]", (None, 6, 3)),
        ("tf.argmax(x, axis=-1)", (None, 8, 6)),
        ("tf.argmax(x, 1, output_type=tf.int32)", (None, 6, 3)),
        ("tf.argmax(x, axis)", None),
        ("tf.pad(x, [[0, 0], [1, 2], [0, 0], [0, 0]])", (None, 11, 6, 3)),
        ("tf.pad(x, [[0, 0], [n, 2], [0, 0], [0, 0]])", (None, None, 6, 3)),
        ("tf.pad(x, paddings)", (None, None, None, None)),
        ("tf.nn.top_k(x, k=2)[1]", (None, 8, 6, 2)),
        ("tf.image.resize_bilinear(x, (4, 5))", (None, 4, 5, 3)),
        ("tf.image.resize(x, [side, 5])", (None, None, 5, 3)),
        ("tf.image.resize(x, [4, 5], preserve_aspect_ratio=True)", (None, None, None, 3)),
        ("tf.image.resize(x, size)", (None, None, None, 3)),
        ("tf.image.extract_image_patches(x, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'VALID')", (None,) * 4),
        ("tf.image.convert_image_dtype(x, tf.float32)", (None, 8, 6, 3)),
        ("tf.keras.layers.LSTM(5)(x[:, :, 0])", (None, 5)),
        ("tf.keras.layers.GRU(5, return_sequences=True)(x[:, :, 0])", (None, 8, 5)),
        ("tf.keras.layers.GRU(5, return_sequences=every)(x[:, :, 0])", None),
        ("tf.keras.layers.Bidirectional(tf.keras.layers.GRU(5, return_sequences=True))(x[:, 0])", (None, 6, 10)),
        ("tf.keras.layers.TimeDistributed(tf.keras.layers.Dense(5))(x)", (None, 8, 6, 5)),
        ("tf.keras.layers.Masking(0.0)(x)", (None, 8, 6, 3)),
        ("tf.contrib.layers.embed_sequence(tf.cast(x[:, :, 0, 0], tf.int64), 10, 4)", (None, 8, 4)),
    ],
)
def test_shape(expression: str, expected: tuple[int | None, ...] | None) -> None:
    text = program(f"y = {expression}", placeholder=IMAGES)
    (model,) = export_graph(Project(overlay={PATH: text}), PATH).models
    predictions = model.predictions
    assert hasattr(predictions, "entries")
    assert shape_of(predictions.entries["y"]) == expected
