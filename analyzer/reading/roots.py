"""Where a program's own modules are looked for: as Python would, with its sources on the path."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

MARKS = (".git", "pyproject.toml", "setup.py")
"""What lies at the top of a project."""


def source_root(path: Path) -> Path:
    """The folder that Python would put on sys.path for a module: the first above its packages."""
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder


def import_roots(importer: Path) -> tuple[list[Path], list[Path]]:
    """Folders in which an absolute import is looked up, nearest first, up to the repository's top; and what said so."""
    root = source_root(importer)
    roots, marks = [importer.parent, root], [root / "__init__.py"]
    for folder in (root, *root.parents):
        roots += [folder, folder / "src"]
        marks += [folder / name for name in MARKS]
        if len(roots) > 8 or any((folder / name).exists() for name in MARKS):
            break
    return list(dict.fromkeys(roots)), marks


def first_file(bases: Iterable[Path]) -> tuple[Path | None, tuple[Path, ...]]:
    """The first module or package of these names, and every file that was looked for."""
    looked_for: list[Path] = []
    for base in bases:
        for file in (base.with_name(base.name + ".py") if base.name else base, base / "__init__.py"):
            looked_for.append(file)
            if file.is_file():
                return file, tuple(looked_for)
    return None, tuple(looked_for)
