"""What the bytes of a file tell before anything is parsed: whether they are text, and whether they may matter here."""

from __future__ import annotations

import io
import os
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from analyzer.reading.notebook import is_foreign
from analyzer.reading.source import NOTEBOOK

SPEAKS = (b"stimator", b"export_saved", b"TocoConverter", b"tflint", b"TFL")
"""Of Estimators, exports and conversions (TFLiteConverter among them), or to tflint."""
IMPORT = re.compile(rb"import\b(?:[ \t]*\([^)]*\)|[^\n]*)")
STATEMENT = re.compile(rb"[ \t]*\"?(?:from|import)\b")
NAME = re.compile(rb"\w+")


class Glance(NamedTuple):
    """One file, not parsed. `imports`: the names in its import statements, none where it speaks for itself."""

    problem: str = ""
    """Why its text cannot be read, in one clause."""
    speaks: bool = False
    imports: tuple[str, ...] = ()


def glance(path: str, data: bytes) -> Glance:
    """What the bytes of a file are, as far as it can be told without parsing them.

    A notebook in another language than Python is silent: it is passed over unless it was named.
    """
    if problem := undecodable(data):
        return Glance(problem)
    if any(word in data for word in SPEAKS):
        return Glance(speaks=not path.endswith(NOTEBOOK) or not is_foreign(data))
    names = {name for statement in _imports(data) for name in NAME.findall(statement)}
    return Glance(imports=tuple(sorted(sys.intern(name.decode("ascii", "ignore")) for name in names)))


def _imports(data: bytes) -> Iterator[bytes]:
    """The import statements of a file, found by the one word that all of them hold."""
    for found in IMPORT.finditer(data):
        statement = data[data.rfind(b"\n", 0, found.start()) + 1 : found.end()]
        if STATEMENT.match(statement):
            yield statement


def undecodable(data: bytes) -> str:
    """Why these bytes are no Python text, "" where they are."""
    if b"\0" in data:
        return "binary, not Python source"
    if data.isascii():
        return ""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        data.decode(encoding)
    except SyntaxError as error:
        return f"cannot be decoded: {error.msg}"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return f"cannot be decoded: byte 0x{data[error.start]:02x} on line {line} is not {error.encoding}"
    return ""


def hearsay(glances: Mapping[str, Glance]) -> Iterable[str]:
    """The files that do not speak themselves, but import a file that does, or a package that passes one on."""
    spoken = {_module_name(path) for path, seen in glances.items() if seen.speaks}
    silent = {path: seen for path, seen in glances.items() if not seen.speaks and not seen.problem}
    packages = {path: seen for path, seen in silent.items() if path.endswith(f"{os.sep}__init__.py")}
    while found := {path for path, seen in packages.items() if not spoken.isdisjoint(seen.imports)}:
        spoken |= {_module_name(path) for path in found}
        packages = {path: seen for path, seen in packages.items() if path not in found}
    return (path for path, seen in silent.items() if not spoken.isdisjoint(seen.imports))


def _module_name(file: str) -> str:
    path = Path(file)
    return path.parent.name if path.stem == "__init__" else path.stem
