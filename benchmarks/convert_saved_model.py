"""Converts a SavedModel and runs what comes out: `python convert_saved_model.py FOLDER` prints JSON by profile.

This is the plain way that the dry run is measured against: the real weights, one fresh process, no shortcut.
"""

import json
import sys
import time

import numpy as np
import tensorflow as tf

PROFILES = {"builtins": ["TFLITE_BUILTINS"], "select": ["TFLITE_BUILTINS", "SELECT_TF_OPS"]}


def main(folder: str) -> None:
    serving = tf.saved_model.load(folder).signatures["serving_default"]
    rng = np.random.RandomState(1)
    feed = {
        name: tf.constant(rng.randint(2, size=[1, *spec.shape[1:]]), spec.dtype)
        for name, spec in serving.structured_input_signature[1].items()
    }
    expected = {name: tensor.numpy() for name, tensor in serving(**feed).items()}
    said = {}
    for profile, ops in PROFILES.items():
        said[profile] = convert(folder, ops, feed, expected)
        # As the dry run does: Select TF ops are tried where the builtins do not do.
        if said[profile]["outcome"] == "converts":
            break
    print(json.dumps(said))


def convert(folder: str, ops: list[str], feed: dict, expected: dict) -> dict[str, object]:  # type: ignore[type-arg]
    began = time.perf_counter()
    converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serving_default"])
    converter.target_spec.supported_ops = [getattr(tf.lite.OpsSet, name) for name in ops]
    try:
        model = converter.convert()
    except tf.lite.experimental.ConverterError as error:
        return {"outcome": "refused", "interpreter": "not run", "words": str(error)[:200]}
    seconds = time.perf_counter() - began
    runner = tf.lite.Interpreter(model_content=model).get_signature_runner("serving_default")
    got = runner(**{name: tensor.numpy() for name, tensor in feed.items()})
    close = all(np.allclose(got[name], value, rtol=1e-2, atol=1e-3) for name, value in expected.items())
    return {
        "outcome": "converts",
        "interpreter": "matches" if close else "differs",
        "size_bytes": len(model),
        "seconds": seconds,
    }


if __name__ == "__main__":
    main(sys.argv[1])
