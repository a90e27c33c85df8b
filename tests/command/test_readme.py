"""What README.md shows is what the command prints."""

from __future__ import annotations

import re

import pytest

from scripts.readme_picture import BLOCK, README, drawn

SECONDS = re.compile(r"\d+\.\d s\b")


@pytest.mark.dryrun
def test_the_picture_is_what_a_terminal_shows() -> None:
    found = BLOCK.search(README.read_text("utf-8"))
    assert found is not None
    shown = found.group()
    assert SECONDS.sub("1.0 s", drawn()) == SECONDS.sub("1.0 s", shown), "python -m scripts.readme_picture mends it"
