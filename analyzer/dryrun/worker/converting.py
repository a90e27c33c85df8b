"""The convert stage: one conversion by the real TFLiteConverter, in a process that kept TensorFlow 2's behaviour."""

from __future__ import annotations

import os
import re
import time
from typing import Any

from . import cutting, replaying
from .attempts import TAGS
from .flatbuffer import is_quantized, operators, versions

CUSTOM_LIST = re.compile(r"operators for which you will need custom implementations: ([^\n]*?)\.(?:\n|\\n|$| )")
CONTROL_FLOW = re.compile(r"doesn't support control flow ops: ([^.]*)\.")
LISTED = re.compile(r"(TF Select|Custom) ops: ([^\n]*)")
AT_LOCATION = re.compile(r"loc\((.*?)\): (?:error: )?'tf\.(\w+)' op ")
LOST_NODE = re.compile(r"Graph does not contain node: (\S+)")
NODE = re.compile(r"\"([^\"]+)\"")
MOST_WORDS = 4000
INT8 = "int8"
"""The profile of a conversion that quantizes all of the model, from made-up inputs."""
AS_CALLED = "as called"
"""The profile of a conversion that the program makes itself, with the settings that it has."""


def read(request: dict[str, Any]) -> dict[str, Any]:
    """Serve one request of stage "read": why this TensorFlow cannot load what another one exported, "" if it can."""
    import tensorflow.compat.v1 as tf

    try:
        with tf.Graph().as_default(), tf.Session() as session:
            tf.saved_model.loader.load(session, TAGS, os.path.join(request["saved"], "saved"))
    except Exception as error:
        return {"words": "%s: %s" % (type(error).__name__, _gist(str(error)))}
    return {"words": ""}


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Serve one request of stage "convert": a ConversionResult, its refused ops without frames."""
    started = time.time()
    result: dict[str, Any] = {
        "profile": request["profile"],
        "signature": request["signature"],
        "outcome": "refused",
        "words": "",
        "refused": [],
        "complete": False,
        "size_bytes": None,
        "tflite_ops": {},
        "versions": {},
        "quantized": False,
        "ignored": [],
    }
    try:
        if request["profile"] == AS_CALLED:
            data = replaying.convert(request["call"], request["saved"], result)
        else:
            path = os.path.join(request["saved"], "saved")
            if request["kept"] is not None:
                path = cutting.cut(path, request["signature"], request["kept"], path + "-part")
            data = _convert(path, request["signature"], request["profile"], request["saved"])
    except (Exception, SystemExit) as error:
        _explain(result, error)
    else:
        with open(request["model"], "wb") as out:
            out.write(data)
        result.update(outcome="converts", complete=True, size_bytes=len(data), tflite_ops=operators(data))
        result["versions"] = versions(data)
        result["quantized"] = is_quantized(data)
    result["seconds"] = round(time.time() - started, 3)
    return result


def _convert(path: str, signature: str | None, profile: str, saved: str) -> bytes:
    import tensorflow as tf

    old = tf.__version__.startswith("1.")
    named = {} if signature is None else {"signature_key": signature} if old else {"signature_keys": [signature]}
    converter = tf.lite.TFLiteConverter.from_saved_model(path, **named)
    if profile == "select":
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
    elif profile == "custom":
        converter.allow_custom_ops = True
    elif profile == INT8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = replaying.made_up(saved, signature, by_name=not old)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return bytes(converter.convert())


def _explain(result: dict[str, Any], error: BaseException) -> None:
    """What the converter refused, from its structured errors where it has any, else from its words."""
    text = str(error)
    structured = [_structured(one) for one in getattr(error, "errors", ())]
    refused = [one for one in structured if one is not None]
    kinds = {one["type"]: one["kind"] for one in refused}
    # Of an op type inside functions the structure has the first only; the words have all of them.
    more = [dict(one, kind=kinds.get(one["type"], one["kind"])) for one in _from_words(text)]
    refused = refused + [one for one in more if one["type"] in kinds and one["node"]] or more
    # 2.21 lists the constants too that it came by on the way to a tensor list.
    refused = [one for one in refused if one["type"] != "Const"] or refused
    result["refused"] = _unique(refused)
    result["words"] = "%s: %s" % (type(error).__name__, text[:MOST_WORDS] if structured else _gist(text))
    told = {one["kind"] for one in refused}
    result["complete"] = bool(CUSTOM_LIST.search(text)) or (bool(told) and "other" not in told)


def _structured(one: Any) -> dict[str, str] | None:
    kind = type(one).ErrorCode.Name(one.error_code) if one.HasField("error_code") else ""
    name = one.operator.name if one.HasField("operator") else ""
    if not name.startswith("tf."):
        return None
    described = {"ERROR_NEEDS_FLEX_OPS": "select", "ERROR_NEEDS_CUSTOM_OPS": "custom"}.get(kind, "other")
    return {"type": name[3:], "node": _node(one), "kind": described}


def _node(one: Any) -> str:
    """The name of the node, the innermost where it lies in a function ("DecodeJpeg@map_while_body_20")."""
    names = [source.name for source in one.location.call if source.name]
    names = [name for name in names if not name.endswith(":")] or names
    return names[0] if names else ""


def _from_words(text: str) -> list[dict[str, str]]:
    old = [(CUSTOM_LIST.search(text), "custom"), (CONTROL_FLOW.search(text), "other")]
    listed = [(name.strip(), kind) for match, kind in old if match for name in match.group(1).split(",")]
    if listed:
        return [{"type": name, "node": "", "kind": kind} for name, kind in listed]
    found = [{"type": "", "node": node, "kind": "other"} for node in LOST_NODE.findall(text)]
    for where, name in AT_LOCATION.findall(text):
        nodes = [node for node in NODE.findall(where) if not node.endswith(":")]
        found.append({"type": name, "node": nodes[0] if nodes else "", "kind": "other"})
    kinds = {"TF Select": "select", "Custom": "custom"}
    kind_of = {name.strip(): kinds[kind] for kind, names in LISTED.findall(text) for name in names.split(",")}
    return [dict(one, kind=kind_of.get(one["type"], "other")) for one in found]


def _unique(refused: list[dict[str, str]]) -> list[dict[str, str]]:
    return list({(one["type"], one["node"], one["kind"]): one for one in refused}.values())


def _gist(text: str) -> str:
    """The lines of TOCO's long output that say why."""
    telling = ("Check failed", "custom implementations", "control flow ops", "Unsupported", "error:", "F tensorflow")
    lines = [line.strip() for line in text.splitlines() if any(words in line for words in telling)]
    return "\n".join(lines)[:MOST_WORDS] if lines else text[:MOST_WORDS]
