"""Rounds of checking and fixing: in memory they go as far as on disk, with and without a dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pytest

from analyzer import settling
from analyzer.findings import Edit, Patch, Span, Verdict
from analyzer.reports import Report
from analyzer.settings import Settings
from tests.command.reports import finding


@dataclass
class Countdown:
    """Finds a number on line 1 and would make it one less, until it is 0."""

    path: Path
    looked: list[str] = field(default_factory=list)

    def check(self, texts: Mapping[Path, str]) -> Report:
        text = texts.get(self.path) or self.path.read_text()
        self.looked.append(text)
        span = Span(self.path, 1, 1, 1, len(text) + 1)
        if text == "0":
            return Report(files=1)
        patch = Patch((Edit(span, str(int(text) - 1)),), safe=True)
        found = replace(finding(span, Verdict.CONFIRMED), patch=patch)
        return Report((found,), files=1, sources={self.path: (text,)})


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("fix", ["write", "show"])
def test_goes_on_until_nothing_is_left(tmp_path: Path, fix: Literal["write", "show"], dry_run: bool) -> None:
    made = Countdown(tmp_path / "n.py")
    made.path.write_text("3")
    settled = settling.settle(made.check, Settings(fix=fix, dry_run=dry_run))
    assert made.looked == ["3", "2", "1", "0"]
    assert settled.changes == ((made.path, "3", "0"),)
    assert (len(settled.report.fixed), settled.report.findings) == (3, ())
    assert made.path.read_text() == ("0" if fix == "write" else "3")


def test_ends_where_an_edit_mends_nothing(tmp_path: Path) -> None:
    made = Countdown(tmp_path / "n.py")
    made.path.write_text("99")
    settled = settling.settle(made.check, Settings(fix="show"))
    assert len(made.looked) == settling.MOST_ROUNDS + 1
    assert made.looked[-1] == settled.changes[0][2]
    assert len(settled.report.findings) == 1, "it speaks of the last text"
