"""tflint's own sentences as an editor says them: flags of the command are settings and quick fixes there."""

from __future__ import annotations

import re

CALLED = {
    "with --python": 'in the setting "tflint.interpreter"',
    "with --converter": 'in the setting "tflint.converters"',
    "--converter converted": 'a Python of the setting "tflint.converters" converted',
    "--dry-run": "a dry run",
    "--fix --unsafe-fixes": "a quick fix",
    "--unsafe-fixes": "a quick fix",
    "--fix": "a safe quick fix",
    ", or run with --isolated": "",
}
"""What a sentence says of flags, longer phrases first, and what it says in an editor."""
SAID = re.compile("|".join(map(re.escape, CALLED)))


def in_editor(sentence: str) -> str:
    """A sentence for somebody who gives no flags. Only tflint's own: a program's or a converter's words are theirs."""
    return SAID.sub(lambda said: CALLED[said.group()], sentence)
