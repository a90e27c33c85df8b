"""A text on standard input, checked as if it lay in a file, and given back with its fixes as ruff gives it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from analyzer import saving
from analyzer.discovery import Found
from analyzer.reading.source import UnreadableSource
from analyzer.reports import Failure
from analyzer.settings import Settings


@dataclass(frozen=True, slots=True)
class Piped:
    """What came: its bytes, and as what it is checked; nothing where they are no text or its file is excluded."""

    data: bytes
    found: Found
    stored: saving.Stored | None = None

    def give_back(self, changes: Iterable[tuple[Path, str, str]]) -> None:
        """Writes it to standard output, changed or as it came, so that a pipe never loses it."""
        data = self.data
        if self.stored is not None:
            for _, _, text in changes:
                data = self.stored.encode(text)
        sys.stdout.buffer.write(data)


def read(path: Path, settings: Callable[[Path], Settings], force_exclude: bool) -> Piped:
    """Standard input to its end, in the place of the file at `path`; `settings`: those of a file."""
    data = sys.stdin.buffer.read()
    if force_exclude and settings(path).excludes(path):
        return Piped(data, Found((), frozenset(), ()))
    try:
        stored = saving.of_bytes(path.resolve(), data)
    except UnreadableSource as error:
        return Piped(data, Found((), frozenset(), (Failure(path, f"cannot be read: {error}"),)))
    return Piped(data, Found((path,), frozenset(), ()), stored)
