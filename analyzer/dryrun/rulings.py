"""One finding of what each of several converters made of a place: as severe as the worst that counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from analyzer.dryrun.evidence import Tried
from analyzer.dryrun.words import first_line
from analyzer.findings import Evidence, Finding, Ruling, Severity, Span, Target, Verdict

LOUDNESS = (Verdict.CONFIRMED, Verdict.INCONCLUSIVE, Verdict.UNTESTED, Verdict.REFUTED)


def counting(tries: Sequence[Tried], counted: Target | None) -> frozenset[str]:
    """The converters that findings are as severe as: those of the version that counts, all where none is of it."""
    versions = frozenset(tried.version for tried in tries)
    chosen = frozenset(version for version in versions if version and Target.nearest(version) is counted)
    return chosen or versions


def joined(each: Sequence[Finding], tries: Sequence[Tried], counted: Target | None, told: bool) -> Finding:
    """The finding that stands for those of one place, one by each converter; `told`: it keeps what each made of it."""
    counts = counting(tries, counted)
    worst = min(
        (finding for finding, tried in zip(each, tries, strict=True) if tried.version in counts),
        key=lambda finding: (finding.severity.rank, LOUDNESS.index(finding.verdict)),
    )
    if len(each) == 1 or not told:
        return worst
    evidence = dict.fromkeys(item for finding in each for item in finding.evidence)
    rulings = tuple(
        Ruling(tried.converter, finding.verdict, finding.severity, finding.reason)
        for finding, tried in zip(each, tries, strict=True)
    )
    return replace(worst, evidence=_fairly(evidence), rulings=rulings)


def merged(seen: Sequence[Sequence[Finding]], tries: Sequence[Tried], counted: Target | None) -> Iterator[Finding]:
    """What only the dry run saw, by converter: of one rule and place one finding, also of those that do not show it."""
    places: dict[tuple[str, Span], dict[int, Finding]] = {}
    for number, findings in enumerate(seen):
        for finding in findings:
            places.setdefault((finding.code, finding.span), {}).setdefault(number, finding)
    for by_number in places.values():
        yield joined(_complete(by_number, tries), tries, counted, told=True)


def _complete(by_number: Mapping[int, Finding], tries: Sequence[Tried]) -> list[Finding]:
    like = next(iter(by_number.values()))
    return [by_number.get(number) or _unseen(like, tried) for number, tried in enumerate(tries)]


def _unseen(like: Finding, tried: Tried) -> Finding:
    """The finding of another converter, for one that shows nothing of the kind or was not able to."""
    results = [result for built in tried.builds for result in built.results if result.outcome != "converts"]
    silent = next((result for result in results if not result.complete), None)
    if tried.unreadable:
        verdict, reason = Verdict.INCONCLUSIVE, tried.unreadable
    elif silent is not None:
        words = first_line(silent.words) or silent.outcome
        verdict, reason = Verdict.INCONCLUSIVE, f"the converter stopped before it could tell: {words}"
    else:
        verdict, reason = Verdict.REFUTED, f"{tried.converter} does not show it"
    severity = Severity.HINT if verdict is Verdict.REFUTED else max(like.severity, Severity.INFO, key=_rank)
    return replace(like, verdict=verdict, reason=reason, severity=severity, evidence=())


def _rank(severity: Severity) -> int:
    return severity.rank


def _fairly(evidence: Mapping[Evidence, None]) -> tuple[Evidence, ...]:
    """Evidence of every converter before more of one."""
    rank: dict[Evidence, int] = {}
    counts: dict[str, int] = {}
    for item in evidence:
        rank[item] = counts[item.converter] = counts.get(item.converter, -1) + 1
    return tuple(sorted(evidence, key=lambda item: rank[item]))
