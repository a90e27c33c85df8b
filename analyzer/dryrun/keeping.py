"""Flatbuffers that outlive the dry run: copied out of the scratch folder, under names that tell what they are."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analyzer.dryrun.protocol import Kept
from analyzer.reports import Failure

PLACEHOLDER = "placeholder-weights"
"""In the name of every file whose weights were made up: what bears it is ours, and may be replaced."""
MOST_BYTES = 2 << 30
"""No flatbuffer can be larger."""
UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps the flatbuffers of one program in a folder."""

    folder: Path
    program: Path
    trained: bool
    """The weights are those that the user exported."""

    def keep(self, flatbuffer: Path, *parts: str) -> Kept:
        """Copy a flatbuffer; `parts` of its name: model, signature, profile and the like."""
        words = [self.program.stem, *parts, *(() if self.trained else (PLACEHOLDER,))]
        target = self.folder / (".".join(UNSAFE.sub("-", word).strip("-.") for word in words if word) + ".tflite")
        there = os.path.lexists(target)
        if there and self.trained:
            return Kept(str(target), why_not="it is there already, and was left as it is")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            data = _bytes_of(flatbuffer)
            part = target.with_name(f".{target.name}.part")
            part.write_bytes(data)
            part.replace(target)
        except OSError as error:
            return Kept(str(target), why_not=f"it cannot be written: {error.strerror or error}")
        return Kept(str(target), replaced=there)


def failures(kept: Iterable[Kept]) -> Iterator[Failure]:
    """What could not be kept."""
    yield from (Failure(Path(one.path), one.why_not) for one in kept if one.why_not)


def notes(kept: Iterable[Kept]) -> Iterator[str]:
    """What is in the folder now, and what it is not."""
    done = [Path(one.path) for one in kept if not one.why_not]
    made_up = [path for path in done if PLACEHOLDER in path.name]
    replaced = [Path(one.path).name for one in kept if one.replaced and not one.why_not]
    if done:
        what = "1 TensorFlow Lite model is" if len(done) == 1 else f"{len(done)} TensorFlow Lite models are"
        yield f"{what} in {done[0].parent}" + (": the weights are placeholders, not trained ones" if made_up else "")
    if replaced:
        yield f"replaced what an earlier dry run left there: {', '.join(replaced)}"


def _bytes_of(path: Path) -> bytes:
    """What the worker wrote, if it is a plain file: a program may have put something else there."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as source:
        known = os.fstat(descriptor)
        if not stat.S_ISREG(known.st_mode) or known.st_size > MOST_BYTES:
            raise OSError(f"{path.name} is no flatbuffer any more")
        return source.read()
