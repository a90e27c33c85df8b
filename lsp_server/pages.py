"""The pages of the rules as files, for editors to open where a finding's code is clicked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_cache_path

from analyzer import __version__
from analyzer.explained import Explained


def page(known: Explained) -> str:
    """What a rule says of itself, as Markdown."""
    return f"# {known.code} {known.name}\n\n{known.explanation.strip()}\n"


def written(explained: Mapping[str, Explained]) -> Mapping[str, str]:
    """The URI of each code's page; the files are in the user's cache folder. Raises OSError where they cannot be."""
    folder = user_cache_path("tflint", appauthor=False) / f"rules-{__version__}"
    folder.mkdir(parents=True, exist_ok=True)
    return {code: _written(folder / f"{known.name}.md", page(known)) for code, known in explained.items()}


def _written(file: Path, text: str) -> str:
    if not file.exists() or file.read_text("utf-8") != text:
        file.write_text(text, "utf-8")
    return file.as_uri()
