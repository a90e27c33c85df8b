"""Which TensorFlow a file is written for: `import tensorflow as tf` with names that only 1.x has there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from analyzer.findings import Certainty, Span, Target
from analyzer.reading.names import short
from analyzer.reading.project import Module
from analyzer.reading.record import ApiCall
from analyzer.tfapi.names import missing_from

_IMPORT = re.compile(r"^\s*import\s+tensorflow(?:\s+as\s+(\w+))?\s*(?:#.*)?$", re.MULTILINE)
_ANY_IMPORT = re.compile(r"^(import|from)\s+tensorflow\b")
_COMMENT = re.compile(r"#[^\n\"']*$", re.MULTILINE)


def names_of_v1(module: Module) -> tuple[str, ...]:
    """The names used through `import tensorflow` that TensorFlow 2.15 does not have there, as written, in order.

    A program with any runs on 2.x only when `tensorflow` is taken for `tensorflow.compat.v1`, with v2 behaviour off.
    """
    return _names(module.parsed.source.text)


def gone_from_v2(calls: Iterable[ApiCall]) -> str:
    """The first API called for certain that TensorFlow 2.15 has no more, not as compat.v1 either; "" where none is.

    What is spelled without "contrib" may be the package tf_slim, which goes by the names of contrib here.
    """
    gone = (
        short(call.name)
        for call in calls
        if call.certainty is Certainty.CERTAIN
        and ("contrib" in call.spelled or not call.name.startswith("tensorflow.contrib."))
        and missing_from(Target.V2_15, call.name.replace("tensorflow.", "tensorflow.compat.v1.", 1))
    )
    return next(gone, "")


def tensorflow_import(module: Module) -> Span:
    """The line that imports TensorFlow, the first line where none does."""
    lines = module.parsed.source.lines
    number = next((number for number, line in enumerate(lines, 1) if _ANY_IMPORT.match(line)), 1)
    return Span(module.path, number, 1, number, max(2, len(lines[number - 1]) + 1))


@lru_cache(maxsize=32)
def _names(text: str) -> tuple[str, ...]:
    aliases = {alias or "tensorflow" for alias in _IMPORT.findall(text)}
    code = _COMMENT.sub("", text)
    found = {
        f"{alias}{rest}": None
        for alias in sorted(aliases)
        for rest in re.findall(rf"(?<![\w.]){re.escape(alias)}((?:\.\w+)+)", code)
        if missing_from(Target.V2_15, f"tensorflow{rest}")
    }
    return tuple(found)
