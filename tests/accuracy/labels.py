"""The labelled programs of tests/programs, read into types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from analyzer.findings import Target

PROGRAMS = Path(__file__).resolve().parents[1] / "programs"
VERSIONS: Mapping[Target, str] = {Target.V1_15: "1.15.5", Target.V2_15: "2.15.1", Target.V2_21: "2.21.0"}
V1_VIEW = "2.15.1 (v1 view)"


@dataclass(frozen=True, slots=True)
class Line:
    """A place in a labelled program."""

    path: Path
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A line that keeps the program from becoming a right TensorFlow Lite model, and on which converters."""

    at: Line
    what: str
    kind: int
    """Number in the catalogue of measured failures."""
    rule: str | None
    """The rule that should find it; None where no rule speaks of it yet."""
    fatal: Mapping[Target, bool | None]
    silent: bool

    def matters(self, target: Target) -> bool:
        """Whether `target` refuses the model for this line, or makes a wrong model of it without a word."""
        fatal = self.fatal[target]
        return bool(fatal) or (self.silent and fatal is not None)


@dataclass(frozen=True, slots=True)
class Harmless:
    """A line that looks like a fault and is none; `quiet`: not even an info is right."""

    at: Line
    why: str
    quiet: bool


@dataclass(frozen=True, slots=True)
class Info:
    """A line that deserves an info of `rule`."""

    at: Line
    why: str
    rule: str


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """One program with its truth."""

    name: str
    path: Path
    entry: Path
    causes: tuple[Cause, ...]
    harmless: tuple[Harmless, ...]
    infos: tuple[Info, ...]
    truth: Mapping[str, Any]

    def letter(self, target: Target) -> str:
        """The measured letter; of the compat.v1 view where the program as written does not run on 2.15."""
        letters: dict[str, str] = self.truth["outcome"]
        letter = letters[VERSIONS[target]]
        return letters.get(V1_VIEW, letter) if target is Target.V2_15 and letter == "n/a" else letter


def twins(one: Cause, other: Cause) -> bool:
    """Whether two lines name one cause, either of which is a right place to report."""
    return one is not other and one.kind == other.kind and "either line" in one.what + other.what


def _read(path: Path) -> Program:
    truth = json.loads(path.read_text(encoding="utf-8"))
    program = PROGRAMS / truth["program"]
    folder = program if program.is_dir() else PROGRAMS

    def at(label: dict[str, Any]) -> Line:
        return Line(folder / label["file"], label["line"], label["text"])

    causes = tuple(
        Cause(
            at(label), label["what"], label["class"], label["rule"],
            {target: label["fatal"].get(version) for target, version in VERSIONS.items()}, label["silent"],
        )
        for label in truth["causes"]
    )  # fmt: skip
    return Program(
        name=path.name.removesuffix(".truth.json"),
        path=program,
        entry=program / truth["entry"] if program.is_dir() else program,
        causes=causes,
        harmless=tuple(
            Harmless(at(label), label["why"], label.get("quiet", False)) for label in truth["must_not_flag"]
        ),
        infos=tuple(Info(at(label), label["why"], label["rule"]) for label in truth.get("infos", [])),
        truth=truth,
    )


@cache
def programs() -> tuple[Program, ...]:
    """Every labelled program, by name."""
    return tuple(_read(path) for path in sorted(PROGRAMS.glob("*.truth.json")))


def sources(program: Program) -> Iterator[Path]:
    """The program's own files."""
    if program.path.is_dir():
        yield from sorted(program.path.rglob("*.py"))
    else:
        yield program.path
