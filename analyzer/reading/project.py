"""The modules of a program, keyed by path: siblings are found on disk, never through Python's import system.

The only file that touches astroid's manager: it builds bare trees, so that astroid neither resolves imports nor
caches modules by name (two projects' `model.py` would collide there).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from astroid import nodes
from astroid.manager import AstroidManager
from astroid.rebuilder import TreeRebuilder

from analyzer.findings import Span
from analyzer.reading.source import Parsed, Source, UnreadableSource, decode, parse


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """One parsed file."""

    path: Path
    parsed: Parsed
    tree: nodes.Module

    def span(self, node: nodes.NodeNG) -> Span:
        """The place of a node, in code points of the file as the user sees it."""
        return self.parsed.span(
            node.lineno or 1, node.col_offset or 0, node.end_lineno or node.lineno or 1, node.end_col_offset or 0
        )


class Project:
    """Modules by absolute path, read at most once each; `overlay` holds unsaved text by path."""

    def __init__(self, overlay: dict[Path, str] | None = None, read: Callable[[Path], bytes] = Path.read_bytes) -> None:
        self._modules: dict[Path, Module] = {}
        self._found: dict[tuple[Path, str], Path | None] = {}
        self._overlay = overlay or {}
        self._read = read

    @property
    def modules(self) -> tuple[Module, ...]:
        """Every module read so far."""
        return tuple(self._modules.values())

    def module(self, path: Path) -> Module:
        """The module at an absolute path.

        Raises OSError where it cannot be read and UnreadableSource where it is not text.
        """
        if path not in self._modules:
            text = self._overlay.get(path)
            source = Source.of(path, decode(self._read(path)) if text is None else text)
            self._modules[path] = build(source)
        return self._modules[path]

    def text(self, path: Path) -> str:
        """The text of a file, empty where it cannot be read; it is not parsed."""
        if path in self._modules:
            return self._modules[path].parsed.source.text
        try:
            return self._overlay.get(path) or decode(self._read(path))
        except (OSError, UnreadableSource):
            return ""

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
            return _module_file(base.joinpath(*parts))
        key = (importer.parent, dotted)
        if key not in self._found:
            self._found[key] = next(
                (found for root in _roots(importer) if (found := _module_file(root.joinpath(*parts)))), None
            )
        return self._found[key]


def build(source: Source) -> Module:
    """A Module of a source; statements that do not parse are left out (`parsed.problem`)."""
    parsed = parse(source)
    name = f"tflint_{abs(hash(source.path)):x}"
    rebuilder = TreeRebuilder(AstroidManager(), source.text)
    return Module(source.path, parsed, rebuilder.visit_module(parsed.tree, name, str(source.path), False))


def source_root(path: Path) -> Path:
    """The folder that Python would put on sys.path for a module: the first above its packages."""
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder


def _roots(importer: Path) -> list[Path]:
    """Folders in which an absolute import is looked up, nearest first, up to the repository's top."""
    root = source_root(importer)
    roots = [importer.parent, root]
    for folder in (root, *root.parents):
        roots += [folder, folder / "src"]
        if (folder / ".git").exists() or (folder / "pyproject.toml").exists() or (folder / "setup.py").exists():
            break
        if len(roots) > 8:
            break
    return list(dict.fromkeys(roots))


def _module_file(base: Path) -> Path | None:
    file = base.with_name(base.name + ".py") if base.name else base
    if file.is_file():
        return file
    package = base / "__init__.py"
    return package if package.is_file() else None
