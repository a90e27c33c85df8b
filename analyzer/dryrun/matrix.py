"""What became of one built model with each converter: the rows of the table of verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.dryrun.protocol import AS_CALLED, BuiltModel, ConversionResult
from analyzer.dryrun.words import first_line
from analyzer.reports import Converted

PROFILES = ("builtins", "select", "custom")
WORST_FIRST = ("fails", "differs", "constant", "nondeterministic", "not run", "matches")
STAGE_OF = {"fails": "invoke", "differs": "compare", "constant": "compare", "nondeterministic": "compare"}


def rows(built: BuiltModel, versions: Sequence[str]) -> Iterator[Converted]:
    """A row for each of these TensorFlows that was asked to convert the model."""
    for version in versions:
        results = [result for result in built.by(version).results if result.profile != AS_CALLED]
        if results:
            yield _row(f"tensorflow {version}", [one for one in results if one.signature is not None] or results)


def _row(converter: str, results: Sequence[ConversionResult]) -> Converted:
    """The worst over the signatures, each with the smallest profile that converts it."""
    best = {result.signature: result for result in results}
    last = list(best.values())
    refused = next((result for result in last if result.outcome != "converts"), None)
    if refused is not None:
        stage = "read" if refused.outcome == "unreadable" else "convert"
        return Converted(converter, stage, None, "not run", first_line(refused.words) or refused.outcome)
    worst = min(last, key=lambda result: WORST_FIRST.index(result.interpreter))
    profile = max((result.profile for result in last), key=PROFILES.index)
    stage_or_none = STAGE_OF.get(worst.interpreter)
    return Converted(converter, stage_or_none, profile, worst.interpreter, first_line(worst.interpreter_words))
