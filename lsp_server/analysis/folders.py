"""The settings of every file: what the editor says for its folder, over its nearest pyproject.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.configuration import READERS, BadConfiguration, BadValue, Configurations
from analyzer.settings import Settings
from lsp_server.analysis.messages import Folder


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of the workspace, each with its settings."""

    asked: tuple[Folder, ...] = ()
    configurations: Mapping[Path, Configurations] = field(default_factory=dict)
    elsewhere: Configurations = field(default_factory=lambda: Configurations({}))
    """For files that lie in none of them, as all do before any were told."""
    unusable: dict[Path, str] = field(default_factory=dict)
    """By folder: why what is configured there cannot be used."""

    def given(self, asked: tuple[Folder, ...], anew: bool) -> Folders:
        """These folders; with `anew` every pyproject.toml is read again."""
        if asked == self.asked and not anew:
            return self
        unusable: dict[Path, str] = {}
        return Folders(
            asked, {folder.path: Configurations(_read(folder, unusable)) for folder in asked}, unusable=unusable
        )

    def of_file(self, path: Path) -> Settings:
        """The settings of a file; the defaults where those that are configured cannot be used."""
        return self.of_folder(path.parent)

    def of_folder(self, folder: Path) -> Settings:
        """The same for the files of a folder."""
        owner = self.owner(folder)
        try:
            return (self.configurations[owner] if owner is not None else self.elsewhere).of_folder(folder)
        except BadConfiguration as error:
            self.unusable[owner or folder] = f"{error.file}: {error}"
            return Settings()

    def owner(self, path: Path) -> Path | None:
        """The innermost folder of the workspace that a path lies in."""
        return innermost(path, self.configurations)


def innermost(path: Path, folders: Iterable[Path]) -> Path | None:
    """The deepest of `folders` that holds a path."""
    around = (folder for folder in folders if path == folder or folder in path.parents)
    return max(around, key=lambda folder: len(folder.parts), default=None)


def _read(folder: Folder, unusable: dict[Path, str]) -> dict[str, Any]:
    """What the editor's settings say, as `Settings` has it."""
    found: dict[str, Any] = {}
    for key, value in folder.given.items():
        try:
            found[key.replace("-", "_")] = READERS[key](value)
        except BadValue as error:
            unusable[folder.path] = f"the setting tflint.{key} must be {error}"
    return found
