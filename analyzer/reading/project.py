"""The modules of a program, keyed by path: siblings are found on disk, never through Python's import system.

The only file that touches astroid's manager: it builds bare trees, so that astroid neither resolves imports nor
caches modules by name (two projects' `model.py` would collide there).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from astroid import nodes
from astroid.manager import AstroidManager
from astroid.rebuilder import TreeRebuilder

from analyzer.findings import Span
from analyzer.reading import notebook
from analyzer.reading.roots import first_file, import_roots
from analyzer.reading.source import NOTEBOOK, Parsed, Source, UnreadableSource, decode, parse
from analyzer.reading.stamps import Stamp, digest, modified, stamp


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """One parsed file."""

    path: Path
    parsed: Parsed
    tree: nodes.Module
    notebook: notebook.Notebook | None = None
    _spans: dict[nodes.NodeNG, Span] = field(default_factory=dict, repr=False)

    def span(self, node: nodes.NodeNG) -> Span:
        """The place of a node, in code points of the file as the user sees it."""
        if (known := self._spans.get(node)) is not None:
            return known
        span = self._spans[node] = self.parsed.span(
            node.lineno or 1, node.col_offset or 0, node.end_lineno or node.lineno or 1, node.end_col_offset or 0
        )
        return span


Built = dict[Path, tuple[str, Module]]
"""Modules by path, each with the text that it was built of."""


class Project:
    """Modules by absolute path, read at most once each.

    `overlay` holds unsaved text by path; `built` what other projects built: it is used again where the text is the
    same, and learns the rest.
    """

    def __init__(
        self,
        overlay: dict[Path, str] | None = None,
        read: Callable[[Path], bytes] = Path.read_bytes,
        built: Built | None = None,
    ) -> None:
        self._built: Built = {} if built is None else built
        self._modules: dict[Path, Module] = {}
        self._found: dict[tuple[Path, str], tuple[Path | None, tuple[Path, ...]]] = {}
        self._stamps: dict[Path, Stamp] = {}
        self._there: dict[Path, Path] = {}
        self._overlay = overlay or {}
        self._read = read
        self._looked_at: set[Path] = set()

    @contextmanager
    def watching(self) -> Iterator[set[Path]]:
        """Every path that is looked at meanwhile: modules and texts that are read, files that are looked for."""
        before, self._looked_at = self._looked_at, set()
        try:
            yield self._looked_at
        finally:
            self._looked_at = before

    def parsed(self, paths: Iterable[Path]) -> tuple[Module, ...]:
        """The modules among `paths`."""
        return tuple(self._modules[path] for path in sorted(path for path in paths if path in self._modules))

    def broken(self, paths: Iterable[Path]) -> frozenset[Path]:
        """Those of `paths` that were parsed around a syntax error."""
        return frozenset(module.path for module in self.parsed(paths) if module.parsed.partial)

    def stamps(self, paths: Iterable[Path]) -> dict[Path, Stamp]:
        """What each path was when it was looked at; for one that is not there, the folder in which it would begin."""
        known = self._stamps.keys() | self._overlay.keys()
        there = {path if path in known else self._existing(path) for path in paths}
        for path in there - self._stamps.keys():
            self._stamps[path] = stamp(path)
        return {path: self._stamps[path] for path in sorted(there, key=str)}

    def _existing(self, path: Path) -> Path:
        """The path, or the nearest folder above it that is there."""
        if path not in self._there:
            ends = path.exists() or path.parent == path
            self._there[path] = path if ends else self._existing(path.parent)
        return self._there[path]

    def module(self, path: Path) -> Module:
        """The module at an absolute path.

        Raises OSError where it cannot be read and UnreadableSource where it is not text, or not a notebook of Python.
        """
        self._looked_at.add(path)
        if path not in self._modules:
            text = self._text(path)
            if path not in self._built or self._built[path][0] != text:
                self._built[path] = text, build(path, text)
            self._modules[path] = self._built[path][1]
        return self._modules[path]

    def text(self, path: Path) -> str:
        """The text of a file, empty where it cannot be read; it is not parsed."""
        self._looked_at.add(path)
        if path in self._modules:
            return self._modules[path].parsed.source.text
        try:
            return self._text(path)
        except (OSError, UnreadableSource):
            return ""

    def _text(self, path: Path) -> str:
        if (text := self._overlay.get(path)) is not None:
            return text
        changed = modified(path)
        data = self._read(path)
        self._stamps[path] = Stamp(changed, digest(data))
        return decode(data)

    def readable(self, path: Path) -> Module | None:
        """The module at a path, None where it cannot be read."""
        try:
            return self.module(path)
        except (OSError, UnreadableSource):
            return None

    def locate(self, importer: Path, dotted: str, level: int = 0) -> Path | None:
        """The project's own file that an import statement names, None for anything outside the project."""
        parts = tuple(dotted.split(".")) if dotted else ()
        if level:
            base = importer.parent
            for _ in range(level - 1):
                base = base.parent
            found, looked_for = first_file([base.joinpath(*parts)])
            self._looked_at.update(looked_for)
            return found
        key = (importer.parent, dotted)
        if key not in self._found:
            roots, marks = import_roots(importer)
            found, looked_for = first_file([root.joinpath(*parts) for root in roots])
            self._found[key] = found, (*looked_for, *marks)
        found, looked_for = self._found[key]
        self._looked_at.update(looked_for)
        return found


def build(path: Path, text: str) -> Module:
    """A Module of a file's text; statements that do not parse are left out (`parsed.problem`).

    Raises UnreadableSource for a `.ipynb` that is not a notebook of Python.
    """
    if path.suffix == NOTEBOOK:
        cells = notebook.read(text)
        parsed = notebook.parsed(path, cells)
    else:
        cells, parsed = None, parse(Source.of(path, text))
    # Without the text it does not look for the words `def` and `class` again, which nothing here asks for.
    rebuilder = TreeRebuilder(AstroidManager())
    tree = rebuilder.visit_module(parsed.tree, f"tflint_{abs(hash(path)):x}", str(path), False)
    return Module(path, parsed, tree, cells)
