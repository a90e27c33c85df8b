"""Sentences that several reports share, true for what was and what was not run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from analyzer import fixing
from analyzer.findings import Outcome, Severity, Verdict
from analyzer.reporting.selection import relative, shown
from analyzer.reports import ModelReport, Report
from analyzer.settings import Settings

DOT = " · "
TO_CONFIGURE = "to have it built, add to pyproject.toml, and fill in each `...`:"
OUTCOMES = {
    Outcome.BUILTINS: "converts with builtins, and is right",
    Outcome.SELECT: "needs Select TF ops",
    Outcome.NEVER: "never converts",
    Outcome.INTERPRETER_FAILS: "converts, and the interpreter fails",
    Outcome.SILENTLY_WRONG: "converts, and is silently wrong",
    Outcome.EXPORT_FAILS: "the export fails",
    Outcome.NOT_RUNNABLE: "cannot exist there",
}
"""What a converter does with a model that has only one fault, or one API."""


def plural(count: int, noun: str) -> str:
    """`1 file`, `2 files`, `2 branches`, `2 entries`."""
    if count == 1:
        return f"{count} {noun}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{count} {noun[:-1]}ies"
    return f"{count} {noun}{'es' if noun.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def printable(text: str) -> str:
    """`text` without the control characters with which a source file could drive the reader's terminal."""
    return "".join(char if char.isprintable() or char in "\n" else "\N{REPLACEMENT CHARACTER}" for char in text)


def version(converter: str) -> str:
    """`tensorflow 2.15.1` as its makers spell it."""
    return converter.replace("tensorflow", "TensorFlow", 1)


def versions(converters: Iterable[str]) -> str:
    """`TensorFlow 1.15.5 and 2.15.1`."""
    first, *others = dict.fromkeys(map(version, converters))
    return " and ".join([first, *(other.removeprefix("TensorFlow ") for other in others)])


def errors(report: Report) -> Iterator[str]:
    """What could not be done, a line each."""
    for error in report.errors:
        place = f"{relative(error.path)}: " if error.path else ""
        yield f"error: {place}{error.message}"


def closing(report: Report, settings: Settings) -> str:
    """The last line: what was counted, or one sentence that claims no more than was checked."""
    told = _found(report, settings)
    if report.fixed:
        done = f"fixed {len(report.fixed)}"
        return f"{told}{DOT}{done}" if shown(report, settings) else f"{done[0].upper()}{done[1:]}. {told}"
    return told


def _found(report: Report, settings: Settings) -> str:
    if shown(report, settings):
        return _counts(report, settings)
    if not report.files:
        return "Nothing was checked."
    if settings.write_baseline is not None and not report.errors:
        kept = plural(len(report.known), "finding")
        return f"{kept} kept as known in {relative(settings.write_baseline)}; --baseline counts only others."
    if report.known:
        known = f"{plural(len(report.known), 'finding')} known from the baseline"
        return f"Nothing new was found{_chosen(settings)} in {plural(report.files, 'file')}, beside {known}."
    refuted = sum(finding.verdict is Verdict.REFUTED for finding in report.findings)
    return _nothing_found(report, settings) + (f" {plural(refuted, 'suspicion')} refuted." if refuted else "")


def _counts(report: Report, settings: Settings) -> str:
    by_severity = Counter(finding.severity for finding in shown(report, settings))
    loud = ", ".join(
        str(by_severity[severity]) + " info"
        if severity is Severity.INFO
        else plural(by_severity[severity], severity.value)
        for severity in Severity
        if by_severity[severity]
    )
    scope = [plural(report.files, "file")]
    if report.models:
        scope.append(plural(len(report.models), "model"))
    parts = [loud or "no finding", ", ".join(scope)]
    by_verdict = Counter(finding.verdict for finding in report.findings if is_suspicion(finding.code))
    told = [f"{by_verdict[verdict]} {verdict.value}" for verdict in _TOLD if by_verdict[verdict]]
    if told:
        parts.append("suspicions: " + ", ".join(told))
    if fixable := _fixable(report, settings):
        parts.append(fixable)
    if report.silenced:
        parts.append(f"{len(report.silenced)} silenced by comments")
    if report.known:
        parts.append(f"{len(report.known)} known from the baseline")
    if not settings.dry_run:
        parts.append("nothing was run: --dry-run asks the converter")
    return DOT.join(parts)


def _fixable(report: Report, settings: Settings) -> str:
    """How many findings tflint can mend itself."""
    wanted = [finding for finding in shown(report, settings) if fixing.wanted(finding, unsafe=True)]
    safe = sum(fixing.is_safe(finding) for finding in wanted)
    more = len(wanted) - safe
    if safe and more:
        return f"{safe} fixable with --fix, {more} more with --unsafe-fixes"
    return f"{safe} fixable with --fix" if safe else f"{more} fixable with --fix --unsafe-fixes" if more else ""


_TOLD = (Verdict.CONFIRMED, Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.UNTESTED)


def is_suspicion(code: str) -> bool:
    """Findings about the program itself (TFL0) and those that only the dry run saw (TFL9) were never suspicions."""
    return not code.startswith(("TFL0", "TFL9"))


def _nothing_found(report: Report, settings: Settings) -> str:
    files = plural(report.files, "file")
    rules = _chosen(settings)
    if not report.models and report.conversions:
        asked = plural(report.conversions, "conversion")
        unknown = "what the model holds is not known" + _nothing_run(settings)
        return (
            f"Nothing is suspected{rules} of how {asked} in {files} {'is' if report.conversions == 1 else 'are'} "
            f"called; no exported Estimator was found, so {unknown}."
        )
    if not report.models:
        return f"No exported Estimator was found in {files}, so there was nothing to check{_nothing_run(settings)}."
    models = plural(len(report.models), "model")
    if not settings.dry_run:
        cut = sum(bool(model.limits) for model in report.models)
        short = f", {cut} of them not followed to the end" if cut else ""
        return f"Nothing is suspected{rules} in {models} in {files}{short}{_nothing_run(settings)}."
    unproved = [model for model in report.models if not passes(model)]
    if not unproved:
        ran = versions(sorted({result.converter for model in report.models for result in model.results}))
        verb = "converts and computes" if len(report.models) == 1 else "convert and compute"
        return f"Nothing found{rules}: {models} in {files} {verb} what TensorFlow computes (tried with {ran})."
    tried = plural(len(report.models) - len(unproved), "model")
    return f"Nothing is suspected{rules} in {files}, and the dry run shows it for {tried} of {len(report.models)}."


def _chosen(settings: Settings) -> str:
    return " by the selected rules" if settings.select or settings.ignore else ""


def _nothing_run(settings: Settings) -> str:
    return "" if settings.dry_run else "; nothing was run (--dry-run asks the converter)"


def passes(model: ModelReport) -> bool:
    """Whether the dry run shows, of every signature by each converter, that it computes what TensorFlow computes."""
    proved = {(result.converter, result.signature) for result in model.results if result.interpreter == "matches"}
    return model.stopped_at is None and bool(proved) and proved == {(r.converter, r.signature) for r in model.results}
