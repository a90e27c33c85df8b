"""Findings against labels: what each rule found, missed and made up, per converter version.

A loud finding (warning or error) is true where it covers a cause that matters on the target, as is a cause where a loud
finding covers it. Rules that only inform are scored on the lines labelled for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from analyzer import discovery, engine
from analyzer.findings import Finding, Severity, Target, Verdict
from analyzer.settings import Settings
from tests.accuracy.labels import Cause, Line, Program, programs, twins

LOUD = frozenset({Severity.ERROR, Severity.WARNING})
INFORMING = frozenset({"dataset-map-not-exported", "receiver-feature-not-read"})
LONGEST = 15
"""Lines of a finding that count: one that spans a whole function points nowhere."""


@dataclass(slots=True)
class Score:
    """What one rule did on one target."""

    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    true: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float | None:
        """None where nothing was there to find."""
        wanted = len(self.found) + len(self.missed)
        return len(self.found) / wanted if wanted else None

    @property
    def precision(self) -> float | None:
        """None where nothing was said."""
        said = len(self.true) + len(self.false)
        return len(self.true) / said if said else None


@dataclass(slots=True)
class Scores:
    """Every rule on one target, with what no label may draw."""

    rules: dict[str, Score] = field(default_factory=dict)
    without_rule: dict[int, Score] = field(default_factory=dict)
    """Causes of catalogue classes that no rule speaks of yet, by class."""
    violations: list[str] = field(default_factory=list)

    def of(self, rule: str) -> Score:
        return self.rules.setdefault(rule, Score())


def findings(program: Program, target: Target) -> tuple[Finding, ...]:
    """What static analysis says of a program."""
    found = discovery.find([program.path])
    report = engine.check(found.files, Settings(target=target, cache=False), lambda _: None)
    if found.failures or report.errors:
        raise AssertionError(f"{program.name}: {found.failures or report.errors}")
    return report.findings


def covers(finding: Finding, line: Line) -> bool:
    """Whether a finding points at a labelled line."""
    span = finding.span
    last = min(max(span.end_line, span.line), span.line + LONGEST)
    return span.path.samefile(line.path) and span.line <= line.line <= last


def is_found(cause: Cause, by: Iterable[Finding], matter: Iterable[Cause]) -> bool:
    """Whether a cause, or the other line that names it, is covered."""
    named = [cause, *(other for other in matter if twins(cause, other))]
    return any(covers(finding, name.at) for finding in by for name in named)


def place(path: Path, line: int, program: Program) -> str:
    """A name for a line that reads well in a list and survives moves of the checkout."""
    if program.path.is_dir():
        return f"{program.name}/{path.relative_to(program.path).as_posix()}:{line}"
    return f"{path.name}:{line}"


def _score_loud(program: Program, target: Target, loud: list[Finding], scores: Scores) -> None:
    matter = [cause for cause in program.causes if cause.matters(target)]
    counted: list[Cause] = []
    for cause in matter:
        if any(twins(cause, other) for other in counted):
            continue
        counted.append(cause)
        score = scores.of(cause.rule) if cause.rule else scores.without_rule.setdefault(cause.kind, Score())
        into = score.found if is_found(cause, loud, matter) else score.missed
        into.append(f"{place(cause.at.path, cause.at.line, program)} {cause.what}")
    for finding in loud:
        score = scores.of(finding.name)
        into = score.true if any(covers(finding, cause.at) for cause in matter) else score.false
        into.append(f"{place(finding.span.path, finding.span.line, program)} {finding.message}")


def _score_infos(program: Program, said: list[Finding], scores: Scores) -> None:
    neutral = [harmless.at for harmless in program.harmless if not harmless.quiet]
    neutral += [cause.at for cause in program.causes]
    for info in program.infos:
        own = [finding for finding in said if finding.name == info.rule]
        into = scores.of(info.rule).found if any(covers(f, info.at) for f in own) else scores.of(info.rule).missed
        into.append(f"{place(info.at.path, info.at.line, program)} {info.why}")
    for finding in said:
        if finding.name not in INFORMING:
            continue
        spot = f"{place(finding.span.path, finding.span.line, program)} {finding.message}"
        if any(covers(finding, info.at) for info in program.infos if info.rule == finding.name):
            scores.of(finding.name).true.append(spot)
        elif not any(covers(finding, at) for at in neutral):
            scores.of(finding.name).false.append(spot)


def _violations(program: Program, shown: list[Finding]) -> Iterator[str]:
    for harmless in program.harmless:
        for finding in shown:
            if (finding.severity in LOUD or harmless.quiet) and covers(finding, harmless.at):
                yield f"{place(harmless.at.path, harmless.at.line, program)} {finding.code}, but {harmless.why}"


def score(
    target: Target,
    of: Callable[[Program, Target], Iterable[Finding]] = findings,
    among: Iterable[Program] | None = None,
) -> Scores:
    """The findings of programs, of every one where none are named, against their labels."""
    scores = Scores()
    for program in programs() if among is None else among:
        told = [finding for finding in of(program, target) if finding.verdict is not Verdict.REFUTED]
        shown = [finding for finding in told if finding.severity is not Severity.HINT]
        _score_loud(program, target, [finding for finding in shown if finding.severity in LOUD], scores)
        _score_infos(program, [finding for finding in shown if finding.severity is Severity.INFO], scores)
        scores.violations += _violations(program, shown)
    return scores
