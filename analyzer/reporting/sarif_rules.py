"""The rules of a SARIF log: every code that a finding can have, described by its own docstring."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any

from analyzer import codes
from analyzer.dryrun.observations import API_MISSING
from analyzer.dryrun.verdicts import is_harmless
from analyzer.explained import Explained
from analyzer.rules import CHECKED
from analyzer.settings import Settings

EXAMPLES = re.compile(r"\n\n(?=(?:Bad|Good)\b)")
INDENTED = re.compile(r"^ {4}.*(?:\n+ {4}.*)*", re.MULTILINE)
WRAPPED = re.compile(r"(?<!\n)\n(?!\n|- )\s*")


def descriptors(settings: Settings) -> list[dict[str, Any]]:
    """All rules, whether or not they were selected or found something."""
    return [_descriptor(explained, settings) for explained in codes.EXPLAINED.values()]


def overrides(settings: Settings) -> list[dict[str, Any]]:
    """The rules that `--select` and `--ignore` left out: that they found nothing says nothing."""
    return [
        {"configuration": {"enabled": False}, "descriptor": {"id": code, "index": index}}
        for index, code in enumerate(codes.EXPLAINED)
        if not settings.wants(code)
    ]


def _descriptor(explained: Explained, settings: Settings) -> dict[str, Any]:
    return {
        "id": explained.code,
        "name": explained.name,
        "shortDescription": {"text": explained.summary},
        "fullDescription": {"text": _description(explained)},
        "help": {"text": explained.explanation, "markdown": _markdown(explained)},
        "defaultConfiguration": {"level": _level(explained.code, settings)},
    }


def _level(code: str, settings: Settings) -> str:
    """How loud the rule is before a dry run; what only a dry run sees is seen to fail."""
    for found in CHECKED:
        if found.rule.code == code:
            return "note" if is_harmless(found.rule.outcomes[settings.target], settings) else "warning"
    return "note" if code == API_MISSING.code else "error"


def _description(explained: Explained) -> str:
    """What stands before the examples, without the docstring's line breaks."""
    return WRAPPED.sub(" ", EXAMPLES.split(explained.explanation, maxsplit=1)[0])


def _markdown(explained: Explained) -> str:
    """The docstring, its examples as fenced Python."""
    fenced = INDENTED.sub(lambda found: f"```python\n{dedent(found.group())}\n```", explained.explanation)
    return f"# {explained.name} ({explained.code})\n\n{fenced}"
