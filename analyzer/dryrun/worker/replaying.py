"""The program's own conversion, done as the program asked for it, on the SavedModel without weights."""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
from typing import Any

from .asking import LITE
from .invoking import Arrays

MADE_UP = 8


class Stopped(Exception):
    """The program did not get as far as a conversion; the words say what of."""


def convert(path: str, saved: str, result: dict[str, Any]) -> bytes:
    """The flatbuffer; `result` learns which settings the converter does not have."""
    with open(path, "rb") as source:
        call = pickle.load(source)
    if call["raised"]:
        raise Stopped(call["raised"])
    os.chdir(call["cwd"])
    lite: Any = importlib.import_module(LITE)
    cls = lite.TFLiteConverter if call["class"] == "v1" else lite.TFLiteConverterV2
    with _mode(call["mode"]):
        converter = getattr(cls, call["method"])(*call["args"], **call["kwargs"])
    result["ignored"] = [name for name in call["settings"] if not _has(converter, name)]
    for name, value in call["settings"].items():
        owner, _, attribute = name.rpartition(".")
        setattr(getattr(converter, owner) if owner else converter, attribute, value)
    if call["samples"] is not None:
        converter.representative_dataset = _dataset(call["samples"], saved)
    return bytes(converter.convert())


@contextlib.contextmanager
def _mode(mode: str) -> Any:
    """TensorFlow as it was when the program made its converter."""
    import tensorflow.compat.v1 as tf

    if mode == "v1 behaviour":
        tf.disable_v2_behavior()
    if mode == "graph":
        with tf.Graph().as_default():
            yield
    else:
        yield


def _has(converter: Any, name: str) -> bool:
    owner, _, attribute = name.rpartition(".")
    # TF1's older names are read through __getattribute__ of the class.
    return hasattr(getattr(converter, owner) if owner else converter, attribute)


def _dataset(samples: dict[str, Any], saved: str) -> Any:
    if samples["kind"] == "object":
        return samples["value"]
    if samples["kind"] == "generator":
        return iter(())
    if samples["kind"] != "items":
        return made_up(saved, None, by_name=False)
    return lambda: iter(samples["items"])


def made_up(saved: str, signature: str | None, by_name: bool) -> Any:
    """A representative dataset of the inputs that TensorFlow answered when the model was built, a row at a time.

    They were drawn from what the signature takes, always the same. `by_name`: each row a dict, as 2.x takes one.
    """
    with open(os.path.join(saved, "answers.pickle"), "rb") as source:
        answers = Arrays(source).load()
    key = signature or ("serving_default" if "serving_default" in answers else min(answers))
    feeds = [run["feeds"] for run in answers[key]["runs"]]
    rows = [{name: fed[name][at : at + 1] for name in sorted(fed)} for fed in feeds for at in range(_rows(fed))]
    return lambda: iter([row if by_name else list(row.values()) for row in rows] * MADE_UP)


def _rows(fed: dict[str, Any]) -> int:
    """How many rows all inputs have; 1 for scalars."""
    return min([len(value) for value in fed.values() if value.ndim] or [1])
