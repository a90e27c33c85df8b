"""Decoding images or working on strings inside the exported graph.

What fails: `tf.io.decode_jpeg`, `decode_raw`, `string_split`, `regex_replace`, `to_hash_bucket*`, `as_string`,
`string_to_number` and their relatives have no TensorFlow Lite kernel: 1.15 refuses them, 2.x needs Select TF ops, and
`decode_csv` converts nowhere. In `input_fn` they are fine.

Bad:

    raw = tf.placeholder(tf.string, [None])
    image = tf.map_fn(tf.image.decode_jpeg, raw, dtype=tf.uint8)

Good:

    image = tf.placeholder(tf.float32, [None, 224, 224, 3])      # the device decodes

The dry run confirms it when the converter refuses an op made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way
from analyzer.tfapi.names import canonical

RULE = Rule("TFL402", "text-or-image-decoding-in-exported-graph", by_version("X", "F", "F"))

OPS_OF: dict[str, frozenset[str]] = {
    canonical(f"tensorflow.{name}"): frozenset(ops.split())
    for name, ops in {
        "io.decode_jpeg": "DecodeJpeg",
        "io.decode_png": "DecodePng",
        "io.decode_gif": "DecodeGif",
        "io.decode_bmp": "DecodeBmp",
        "io.decode_image": "DecodeImage DecodeJpeg DecodePng DecodeGif DecodeBmp",
        "io.decode_and_crop_jpeg": "DecodeAndCropJpeg",
        "io.decode_raw": "DecodeRaw DecodePaddedRaw",
        "io.decode_base64": "DecodeBase64",
        "io.decode_compressed": "DecodeCompressed",
        "io.decode_json_example": "DecodeJSONExample",
        "io.encode_jpeg": "EncodeJpeg",
        "io.encode_png": "EncodePng",
        "io.encode_base64": "EncodeBase64",
        "io.parse_tensor": "ParseTensor",
        "io.read_file": "ReadFile",
        "io.decode_csv": "DecodeCSV",
        "strings.split": "StringSplit StringSplitV2",
        "string_split": "StringSplit StringSplitV2",
        "strings.bytes_split": "StringSplit StringSplitV2",
        "strings.regex_replace": "RegexReplace StaticRegexReplace",
        "strings.regex_full_match": "RegexFullMatch StaticRegexFullMatch",
        "strings.to_hash_bucket": "StringToHashBucket",
        "strings.to_hash_bucket_fast": "StringToHashBucketFast",
        "strings.to_hash_bucket_strong": "StringToHashBucketStrong",
        "strings.as_string": "AsString",
        "strings.to_number": "StringToNumber",
        "strings.substr": "Substr",
        "strings.length": "StringLength",
        "strings.lower": "StringLower",
        "strings.upper": "StringUpper",
        "strings.strip": "StringStrip",
        "strings.join": "StringJoin",
        "strings.reduce_join": "ReduceJoin",
        "strings.unicode_decode": "UnicodeDecode UnicodeDecodeWithOffsets",
        "strings.unicode_script": "UnicodeScript",
        "strings.format": "StringFormat",
        "strings.ngrams": "StringNGrams",
        "strings.unicode_split": "UnicodeDecode UnicodeEncode",
        "audio.decode_wav": "DecodeWav",
    }.items()
}
NEVER = frozenset(canonical(f"tensorflow.{name}") for name in ("io.decode_csv", "io.read_file"))


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(OPS_OF):
        never = call.name in NEVER
        yield RULE.at(
            call.span,
            f"`{call.spelled}` is part of the exported graph: "
            + ("no converter takes it" if never else "it has no TensorFlow Lite kernel and needs Select TF ops on 2.x"),
            expects=Refused(OPS_OF[call.name], (call.span,)),
            certainty=call.certainty,
            outcomes=by_version("X", "X", "X") if never else None,
            fix="let the receiver take decoded numbers, and decode on the device",
            related=way(model, call),
        )
