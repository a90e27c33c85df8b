"""What stands below an excerpt: why tflint says so, how execution gets there, what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer import fixing
from analyzer.dryrun.protocol import AS_CALLED
from analyzer.dryrun.words import spoken
from analyzer.findings import Certainty, Evidence, Finding, Related, Verdict
from analyzer.reporting.location import locate
from analyzer.reporting.models import PROFILES, behind
from analyzer.reporting.wording import is_suspicion, version, versions
from analyzer.reports import Report

MOST_EVIDENCE = 3
MOST_WORDS = 300
A_NAME = re.compile(r"^[\w.<>()]+$")
AN_EXCEPTION = re.compile(r"^[\w.]*(Error|Exception|Exit|Interrupt|Warning)\b")


def verdict(finding: Finding) -> str:
    """The right end of a finding's first line."""
    if finding.rulings:
        return _by_converter(finding)
    converters = [item.converter for item in finding.evidence if item.converter]
    by = f" by {versions(converters)}" if converters else ""
    match finding.verdict:
        case Verdict.CONFIRMED:
            return f"confirmed{by}"
        case Verdict.REFUTED:
            return f"refuted{by}"
        case Verdict.INCONCLUSIVE:
            return "neither confirmed nor refuted"
        case Verdict.UNTESTED if not is_suspicion(finding.code):
            return ""
        case Verdict.UNTESTED:
            return "suspected, not tested" if finding.certainty is Certainty.CERTAIN else "possible, not tested"


def _by_converter(finding: Finding) -> str:
    """`confirmed by TensorFlow 1.15.5, refuted by TensorFlow 2.15.1 and 2.21.0`."""
    grouped: dict[Verdict, list[str]] = {}
    for ruling in sorted(finding.rulings, key=lambda ruling: ruling.verdict is not finding.verdict):
        grouped.setdefault(ruling.verdict, []).append(ruling.converter)
    words = {Verdict.INCONCLUSIVE: "not settled"}
    return ", ".join(f"{words.get(one, one.value)} by {versions(by)}" for one, by in grouped.items())


LEADS = {Verdict.REFUTED: "refuted: ", Verdict.INCONCLUSIVE: "not settled: "}


def notes(finding: Finding, report: Report) -> Iterator[str]:
    """Each note on a line of its own, most telling first."""
    for ruling in finding.rulings:
        if ruling.reason:
            yield f"{LEADS.get(ruling.verdict, '')}{version(ruling.reason)}"
    if finding.reason and not finding.rulings:
        yield LEADS.get(finding.verdict, "") + finding.reason
    yield from evidence(finding)
    for remark in finding.related:
        if not A_NAME.match(remark.message):
            yield _step(remark, finding, report)
    if way := [_step(step, finding, report) for step in finding.related if A_NAME.match(step.message)]:
        yield "reached from " + " > ".join(way)
    if finding.partial:
        yield "part of this file does not parse: what it would have said is missing here"
    if finding.fix:
        yield f"fix: {finding.fix}{offer(finding)}"
    if finding.verdict is Verdict.CONFIRMED and (outlook := behind(finding, report)):
        yield f"behind it: {outlook}"


def evidence(finding: Finding) -> list[str]:
    """What TensorFlow did and said, as far as the message does not say it, a clause each, most telling first."""
    several = len({item.converter for item in finding.evidence}) > 1
    seen = dict.fromkeys(
        (f"{version(item.converter)}: " if several else "") + told(item)
        for item in finding.evidence
        if (item.words or item.op) and (item.op or item.words not in finding.message)
    )
    return list(seen)[:MOST_EVIDENCE]


def offer(finding: Finding) -> str:
    """Which flags make the edit."""
    if not fixing.wanted(finding, unsafe=True):
        return ""
    return " [--fix]" if fixing.is_safe(finding) else " [--fix --unsafe-fixes]"


def told(item: Evidence) -> str:
    words = spoken(item.words)
    if len(words) > MOST_WORDS:
        words = words[:MOST_WORDS].rsplit(" ", 1)[0] + " …"
    profile = PROFILES.get(item.profile, item.profile)
    match item.stage:
        case "import":
            lead = "the program stopped here" if AN_EXCEPTION.match(words) else "seen in the import"
        case "export":
            lead = "export stopped here" if AN_EXCEPTION.match(words) else "seen in the export"
        case "convert":
            refused = f" refuses {item.op}" if item.op else ""
            called = profile == AS_CALLED
            lead = f"the converter{refused}" + (f" {profile}" if called else f" with {profile}" if profile else "")
        case "invoke":
            lead = "the interpreter"
        case "compare":
            lead = "compared with TensorFlow"
        case other:
            lead = other
    return f"{lead}: {words}" if words else lead


def _step(step: Related, finding: Finding, report: Report) -> str:
    place = locate(step.span, report)
    return f"{step.message} ({place.within if step.span.path == finding.span.path else place.of_line})"
