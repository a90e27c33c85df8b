"""The labels themselves: measured, complete, and of the programs as they stand."""

from __future__ import annotations

import ast
import json
import re

import pytest

from analyzer.findings import Target
from scripts.record_truth import digest
from tests.accuracy.labels import PROGRAMS, VERSIONS, Program, programs, sources

OF_THE_CALL = 32
"""The class of what lies in the program's own call of the converter and in no class of the catalogue."""


def named(program: Program) -> str:
    return program.name


@pytest.mark.parametrize("program", programs(), ids=named)
def test_labels_point_at_their_text(program: Program) -> None:
    places = [cause.at for cause in program.causes]
    places += [harmless.at for harmless in program.harmless]
    places += [info.at for info in program.infos]
    for at in places:
        line = at.path.read_text(encoding="utf-8").splitlines()[at.line - 1]
        assert line.strip() == at.text


@pytest.mark.parametrize("program", programs(), ids=named)
def test_measured_as_it_stands(program: Program) -> None:
    assert program.truth["sources"] == digest(dict(program.truth), PROGRAMS), "run scripts/record_truth.py again"


@pytest.mark.parametrize("program", programs(), ids=named)
def test_outcome_follows_from_the_causes(program: Program) -> None:
    for target, version in VERSIONS.items():
        letter = program.letter(target)
        fatal = [cause for cause in program.causes if cause.fatal[target]]
        if letter == "n/a":
            assert not fatal
        elif letter != "B":
            assert fatal, f"{version}: {letter}, but no labelled cause explains it"


@pytest.mark.parametrize("program", programs(), ids=named)
def test_every_cause_does_harm_somewhere(program: Program) -> None:
    for cause in program.causes:
        assert cause.silent or any(cause.fatal.values()), cause.what


@pytest.mark.parametrize("program", programs(), ids=named)
def test_mended_program_converts(program: Program) -> None:
    """The causes are all there is: with every one repaired the model is B, unless a reason is given."""
    mended = program.truth.get("after_fix")
    if mended is None or any(
        not cause.get("repair") and "either" not in cause["what"] for cause in program.truth["causes"]
    ):
        return
    for version, letter in mended["outcome"].items():
        assert letter in ("B", "n/a") or version in program.truth.get("unmended", {})


@pytest.mark.parametrize("program", programs(), ids=named)
def test_own_conversion_follows_from_the_causes(program: Program) -> None:
    """What the program converts itself fails only where a cause is labelled for it, and not once all are mended."""
    own: dict[str, str] = program.truth.get("own_call", {})
    for target, version in VERSIONS.items():
        fatal = [cause for cause in program.causes if cause.fatal[target]]
        assert fatal or own.get(version, "B") == "B", f"{version}: {own}, but no labelled cause explains it"
    mended: dict[str, str] = program.truth.get("after_fix", {}).get("own_call", {})
    assert set(mended.values()) <= {"B"}


def test_catalogue_is_covered() -> None:
    kinds = {cause.kind for program in programs() for cause in program.causes}
    assert kinds == set(range(1, OF_THE_CALL + 1))


def test_many_programs_of_many_kinds() -> None:
    assert len(programs()) >= 45
    clean = [program for program in programs() if not program.causes]
    assert len(clean) >= 12
    assert len([program for program in programs() if program.path.is_dir()]) >= 6
    for target in Target:
        assert {"B", "F", "X"} <= {program.letter(target) for program in programs()}


def test_programs_are_short_and_parse() -> None:
    for program in programs():
        for path in sources(program):
            text = path.read_text(encoding="utf-8")
            ast.parse(text)
            assert len(text.splitlines()) <= 90, path


def test_no_path_of_a_machine() -> None:
    for path in PROGRAMS.glob("*.truth.json"):
        text = json.dumps(json.loads(path.read_text(encoding="utf-8")))
        assert not re.search(r"/(home|root|work|usr|tmp)/|site-packages", text), path
