"""The modules of a program, keyed by path: siblings are found on disk, never through Python's import system.

The only file that touches astroid's manager: it builds bare trees, so that astroid neither resolves imports nor
caches modules by name (two projects' `model.py` would collide there).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
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
        self._found: dict[tuple[Path, str], tuple[Path | None, tuple[Path, ...]]] = {}
        self._digests: dict[Path, str] = {}
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

    def broken(self, paths: Iterable[Path]) -> frozenset[Path]:
        """Those of `paths` that were parsed around a syntax error."""
        return frozenset(path for path in paths if path in self._modules and self._modules[path].parsed.partial)

    def digests(self, paths: Iterable[Path]) -> dict[Path, str]:
        """The digest of the bytes of each path as they were read; "" for one that is not there, or is no file."""
        return {path: self._digests.get(path) or digest_of(path) for path in paths}

    def module(self, path: Path) -> Module:
        """The module at an absolute path.

        Raises OSError where it cannot be read and UnreadableSource where it is not text.
        """
        self._looked_at.add(path)
        if path not in self._modules:
            self._modules[path] = build(Source.of(path, self._text(path)))
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
            self._digests[path] = digest(text.encode(errors="surrogatepass"))
            return text
        data = self._read(path)
        self._digests[path] = digest(data)
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
            found, looked_for = _first_file([base.joinpath(*parts)])
            self._looked_at.update(looked_for)
            return found
        key = (importer.parent, dotted)
        if key not in self._found:
            roots, marks = _roots(importer)
            found, looked_for = _first_file([root.joinpath(*parts) for root in roots])
            self._found[key] = found, (*looked_for, *marks)
        found, looked_for = self._found[key]
        self._looked_at.update(looked_for)
        return found


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


MARKS = (".git", "pyproject.toml", "setup.py")
"""What lies at the top of a project."""


def _roots(importer: Path) -> tuple[list[Path], list[Path]]:
    """Folders in which an absolute import is looked up, nearest first, up to the repository's top; and what said so."""
    root = source_root(importer)
    roots, marks = [importer.parent, root], [root / "__init__.py"]
    for folder in (root, *root.parents):
        roots += [folder, folder / "src"]
        marks += [folder / name for name in MARKS]
        if len(roots) > 8 or any((folder / name).exists() for name in MARKS):
            break
    return list(dict.fromkeys(roots)), marks


def _first_file(bases: Iterable[Path]) -> tuple[Path | None, tuple[Path, ...]]:
    """The first module or package of these names, and every file that was looked for."""
    looked_for: list[Path] = []
    for base in bases:
        for file in (base.with_name(base.name + ".py") if base.name else base, base / "__init__.py"):
            looked_for.append(file)
            if file.is_file():
                return file, tuple(looked_for)
    return None, tuple(looked_for)


def digest(data: bytes) -> str:
    """A short name for these bytes."""
    return blake2b(data, digest_size=16).hexdigest()


def digest_of(path: Path) -> str:
    """The digest of a file; "" where there is none that can be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""
