"""Every code that a finding can have: of the program itself, of the rules, and of what only a dry run saw."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer import program, suppressions
from analyzer.dryrun import observations
from analyzer.explained import Explained
from analyzer.rules import CHECKED

EXPLAINED: Mapping[str, Explained] = {
    explained.code: explained
    for explained in sorted(
        (*program.ALL, *suppressions.ALL, *observations.ALL, *(found.explained for found in CHECKED)),
        key=lambda explained: explained.code,
    )
}
"""What `tflint rule CODE` knows."""
