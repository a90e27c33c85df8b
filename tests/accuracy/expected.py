"""What the rules are known not to find, each with its reason. Whatever is not listed here must be found."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.findings import Target

KNOWN_MISSES: Mapping[str, str] = {}
"""Beginning of a missed cause as `Score.missed` writes it ("prog.py:12") -> why static analysis cannot see it."""

KNOWN_FALSE: Mapping[str, str] = {}
"""Beginning of a false alarm as `Score.false` writes it -> why static analysis cannot know better."""

KNOWN_IN_DRY_RUN: Mapping[str, str] = {}
"""The same for dry runs: beginning of a missed cause or a false alarm -> why."""

KNOWN_LETTERS: Mapping[tuple[str, Target], str] = {}
"""Program and converter -> why a run without weights and training cannot show the measured letter."""


def unexpected(places: list[str], known: Mapping[str, str]) -> list[str]:
    """The entries that no known one explains."""
    return [entry for entry in places if entry.split(" ", 1)[0] not in known]
