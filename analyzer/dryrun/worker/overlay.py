"""Texts that stand in for files: unsaved ones, and the Python of a notebook."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import os
import sys
from typing import Any


class Overlay(importlib.abc.MetaPathFinder):
    """Gives imports and readers of sources the texts by absolute path; of every other file what is on disk."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = {os.path.realpath(path): text for path, text in texts.items()}
        for path, text in texts.items():
            # Without a time linecache never looks at the file: AutoGraph and tracebacks read their lines there.
            linecache.cache[path] = (len(text), None, text.splitlines(True), path)

    def install(self) -> None:
        """Be asked before Python's own finders."""
        if self.texts:
            sys.meta_path.insert(0, self)

    def read(self, path: str) -> str | bytes:
        """The source of a file, as `compile` takes it."""
        text = self.texts.get(os.path.realpath(path))
        if text is not None:
            return text
        with open(path, "rb") as source:
            return source.read()

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            spec = self._unsaved(fullname, path) or spec
        return self.of_spec(spec) if spec is not None and self.covers(spec.origin) else None

    def _unsaved(self, fullname: str, path: Any) -> Any:
        """The spec of a module that no file holds yet."""
        name = fullname.rpartition(".")[2] + ".py"
        files = [os.path.join(folder, name) for folder in (sys.path if path is None else path)]
        found = next(filter(self.covers, files), None)
        return importlib.util.spec_from_file_location(fullname, found) if found else None

    def covers(self, path: str | None) -> bool:
        return path is not None and os.path.realpath(path) in self.texts

    def of_spec(self, spec: Any) -> Any:
        """The spec of a module, loaded from its text here where it has one."""
        if self.covers(spec.origin):
            spec.loader = _Loader(spec.name, spec.origin, self.texts[os.path.realpath(spec.origin)])
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles the text it was given; neither reads nor leaves bytecode."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self.text = text

    def get_source(self, fullname: str) -> str:
        return self.text

    def get_code(self, fullname: str) -> Any:
        return compile(self.text, self.path, "exec", dont_inherit=True)
