"""What the server and its analysing process say to each other: one pickled record after another, each with its length.

Both ends are tflint's own, so pickles are trusted; nothing that a client sends is ever unpickled.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.dryrun.protocol import Job, Outcome
from analyzer.explained import Explained
from analyzer.findings import Edit, Finding
from analyzer.reports import Cells

LENGTH = struct.Struct("!Q")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the workspace; `given` is what the editor's settings say for it, by the keys of `[tool.tflint]`."""

    path: Path
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """Analyse what has changed.

    `texts` are those of the open files, `programs` the open files themselves; `others` are analysed after them for as
    long as `seconds` allow. `disk` counts how often files were said to have changed outside the editor.
    """

    texts: Mapping[Path, str]
    programs: tuple[Path, ...]
    folders: tuple[Folder, ...] = ()
    others: tuple[Path, ...] = ()
    disk: int = 0
    seconds: float = 0.2


@dataclass(frozen=True, slots=True)
class Find:
    """Which files of the folders may matter?"""

    folders: tuple[Folder, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be run to test what is said of this file, as it was when it was checked last?"""

    path: Path


@dataclass(frozen=True, slots=True)
class Ran:
    """What the dry run of a program came to, when its files had these texts."""

    program: Path
    outcome: Outcome
    texts: Mapping[Path, str]


@dataclass(frozen=True, slots=True)
class Describe:
    """The conversion report on the model of the program that this file is, or is used by: of several the one that a
    1-based line of the file belongs to.
    """

    path: Path
    line: int = 1


Request = Check | Find | Plan | Ran | Describe


@dataclass(frozen=True, slots=True)
class Greeting:
    """The first thing that the process says: every code that a finding can have."""

    explained: Mapping[str, Explained]


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding to show. `earlier`: its verdict is of the text before the last edits; `silence`: the comment that would
    silence it where it stands, `silence_file` in the whole file.
    """

    finding: Finding
    earlier: bool = False
    silence: Edit | None = None
    silence_file: Edit | None = None
    behind: str = ""
    """What lies behind its cause, where the dry run mended that and went on."""


@dataclass(frozen=True, slots=True)
class Lens:
    """A model's line to stand above: `told` is what became of its last dry run, "" where there was none."""

    path: Path
    line: int
    told: str = ""


@dataclass(frozen=True, slots=True)
class FileReport:
    """All that is shown in one file; lines count as in `Finding`."""

    findings: tuple[Shown, ...] = ()
    lenses: tuple[Lens, ...] = ()
    cells: Cells | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be shown now, of every file of which there is anything to show."""

    files: Mapping[Path, FileReport]
    lines: Mapping[Path, tuple[str, ...]]
    """The texts that the places of these count in."""
    failures: tuple[str, ...] = ()
    """Sentences for the log."""
    unusable: Mapping[Path, str] = field(default_factory=dict)
    """By folder: why its settings, or a pyproject.toml in it, cannot be used."""
    left: int = 0
    """How many of `others` are still to be analysed."""


@dataclass(frozen=True, slots=True)
class Found:
    """The files that may matter."""

    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A dry run to do: the job, and the texts of the files that it is of."""

    program: Path
    job: Job
    texts: Mapping[Path, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """The dry runs that test what is said of a file; where there is none, `why_not` in one sentence."""

    runs: tuple[Run, ...]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was told is remembered; `told` is what became of each model, a clause each."""

    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A document for people."""

    kind: str
    title: str
    content: str


@dataclass(frozen=True, slots=True)
class Failed:
    """tflint itself failed."""

    words: str


Reply = Greeting | Checked | Found | Planned | Kept | Description | Failed


def packed(message: Request | Reply) -> bytes:
    """A message as bytes, its length before it."""
    body = pickle.dumps(message, protocol=5)
    return LENGTH.pack(len(body)) + body


def unpacked(body: bytes) -> Any:
    """The message that these bytes, without their length, are."""
    return pickle.loads(body)
