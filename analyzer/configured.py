"""`[tool.tflint.models]`: models that other code exports, told by the project so that a dry run can build them.

[tool.tflint.models.rain]
model-fn = "weather/model.py:rain_model_fn"
params = {units = 8}
features = {wind = "float32[?, 4]"}
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.dryrun.protocol import EntryPoint, FeatureSpec

ARGUMENT = '  # a value, or a call: {_target_ = "package.module.Class", size = 8}'
SHAPE = '  # dtype and shape, such as "int64[?, 128]"'
BARE = re.compile(r"[A-Za-z0-9_-]+")
SPEC = re.compile(r"(?P<dtype>[a-z]+[0-9]*)\[(?P<shape>[^\]]*)\]")
DTYPES = frozenset(
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool string".split()
)
KEYS = ("model-fn", "arguments", "params", "receiver", "features")


class BadModel(Exception):
    """An entry that cannot be used; the message is one clause."""


@dataclass(frozen=True, slots=True)
class ConfiguredModel:
    """One entry; paths are relative to the folder of the file that holds it.

    `arguments`: what `model_fn`, a function that makes the model_fn or its Estimator, is called with; in them and in
    `params` a table with `_target_` is a call. `features`: of a bare tensor receiver under the key "".
    """

    name: str
    path: Path
    model_fn: str
    arguments: Mapping[str, Any] | None
    params: Mapping[str, Any] | None
    receiver_path: Path | None
    receiver: str | None
    features: Mapping[str, FeatureSpec] | None

    def entry_point(self, root: Path) -> EntryPoint:
        """How a dry run builds it."""
        return EntryPoint(
            module_path=str((root / self.path).resolve()),
            model_fn=self.model_fn,
            model_fn_line=0,
            receiver_path=str((root / self.receiver_path).resolve()) if self.receiver_path is not None else None,
            receiver=self.receiver,
            params=dict(self.params) if self.params is not None else None,
            configured=self.name,
            arguments=dict(self.arguments) if self.arguments is not None else None,
            features=dict(self.features) if self.features is not None else None,
        )


def suggestion(point: EntryPoint, reads: Sequence[str], root: Path) -> str:
    """The entry for a model that was not built, `reads` being the features that it takes; `...` is left to fill in."""
    own = point.model_fn.removesuffix("model_fn").strip("_.") or Path(point.module_path).stem
    name = re.sub(r"\W+", "-", own)
    lines = [
        f"[tool.tflint.models.{name}]",
        f'model-fn = "{_within(point.module_path, root)}:{point.made_by or point.model_fn}"',
    ]
    if point.made_with:
        lines += [f"arguments.{key} = ...{ARGUMENT * (not at)}" for at, key in enumerate(point.made_with)]
    elif point.made_by:
        lines.append("arguments = {}")
    if point.takes_params:
        lines.append("params = {}  # what model_fn reads of them")
    if point.exported_by_maker:
        return "\n".join(lines)
    if point.receiver is not None:
        lines.append(f'receiver = "{_within(point.receiver_path or point.module_path, root)}:{point.receiver}"')
    else:
        named = [f"features.{_key(key)}" for key in reads] or ["features"]
        lines += [f"{key} = ...{SHAPE * (not at)}" for at, key in enumerate(named)]
    return "\n".join(lines)


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else json.dumps(key)


def _within(path: str, root: Path) -> str:
    return Path(path).relative_to(root).as_posix() if root in Path(path).parents else Path(path).name


def read(entries: Any) -> tuple[ConfiguredModel, ...]:
    """The entries of the table. Raises BadModel."""
    if not isinstance(entries, dict):
        raise BadModel("must be a table of tables, one for each model")
    return tuple(_model(name, entry) for name, entry in entries.items())


def _model(name: str, entry: Any) -> ConfiguredModel:
    if not isinstance(entry, dict) or "model-fn" not in entry:
        raise BadModel(f'`{name}` must be a table with a model-fn, such as "package/model.py:model_fn"')
    if unknown := [key for key in entry if key not in KEYS]:
        raise BadModel(f"`{name}` has no setting `{unknown[0]}`; there are {', '.join(KEYS)}")
    if "receiver" in entry and "features" in entry:
        raise BadModel(f"`{name}` says both `receiver` and `features`: one of them makes the serving_input_receiver_fn")
    path, model_fn = _place(name, "model-fn", entry["model-fn"])
    receiver_path, receiver = _place(name, "receiver", entry["receiver"]) if "receiver" in entry else (None, None)
    features = _features(name, entry["features"]) if "features" in entry else None
    return ConfiguredModel(
        name, path, model_fn, _table(name, entry, "arguments"), _table(name, entry, "params"), receiver_path, receiver,
        features,
    )  # fmt: skip


def _table(name: str, entry: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, dict):
        raise BadModel(f"`{key}` of `{name}` must be a table, such as {{units = 8}}")
    return value


def _place(name: str, key: str, value: Any) -> tuple[Path, str]:
    path, _, dotted = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not path.endswith(".py") or not all(part.isidentifier() for part in dotted.split(".")):
        raise BadModel(f'`{key}` of `{name}` must name a file and a function in it, such as "package/model.py:build"')
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise BadModel(f"`{key}` of `{name}` must name a file below the folder of this one")
    return Path(path), dotted


def _features(name: str, value: Any) -> Mapping[str, FeatureSpec]:
    if isinstance(value, str):
        return {"": _spec(name, value)}
    if not isinstance(value, dict) or not value:
        raise BadModel(f'`features` of `{name}` must be a table of specs, such as {{wind = "float32[?, 4]"}}')
    return {key: _spec(name, spec) for key, spec in value.items()}


def _spec(name: str, text: Any) -> FeatureSpec:
    match = SPEC.fullmatch(text.replace(" ", "")) if isinstance(text, str) else None
    sizes = [size for size in match["shape"].split(",") if size] if match is not None else []
    if match is None or match["dtype"] not in DTYPES or not all(size == "?" or size.isdecimal() for size in sizes):
        raise BadModel(
            f'`features` of `{name}`: {text!r} is no spec; write a dtype and a shape, such as "float32[?, 4]"'
        )
    return FeatureSpec(match["dtype"], tuple(None if size == "?" else int(size) for size in sizes))
