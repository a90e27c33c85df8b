"""Static analysis finds every labelled cause that a rule speaks of, and says nothing loud that is not one."""

from __future__ import annotations

from functools import cache

import pytest

from analyzer.findings import Target
from analyzer.rules import CHECKED
from tests.accuracy.expected import KNOWN_FALSE, KNOWN_MISSES, unexpected
from tests.accuracy.labels import programs
from tests.accuracy.scoring import INFORMING, Scores, score

TARGETS = list(Target)
RULES = sorted(registered.rule.name for registered in CHECKED)
MINDS = {
    registered.rule.name: {
        target for target, letter in registered.rule.outcomes.items() if letter.value not in {"B", "n/a"}
    }
    for registered in CHECKED
}
"""The targets on which a rule's fault is one, by the rule's own word."""


@cache
def scores(target: Target) -> Scores:
    return score(target)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.value)
@pytest.mark.parametrize("rule", RULES)
def test_rule_keeps_its_truth(rule: str, target: Target) -> None:
    own = scores(target).of(rule)
    assert unexpected(own.missed, KNOWN_MISSES) == []
    assert unexpected(own.false, KNOWN_FALSE) == []
    if target in MINDS[rule]:
        assert own.found or own.true, "no labelled program shows that this rule finds anything"


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.value)
def test_harmless_lines_draw_nothing(target: Target) -> None:
    assert scores(target).violations == []


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.value)
def test_known_exceptions_are_still_true(target: Target) -> None:
    """A miss that is found by now must leave the list."""
    if target is not Target.V2_15:
        return
    every = [scores(one) for one in TARGETS]
    missed = {entry.split(" ", 1)[0] for one in every for rule in one.rules.values() for entry in rule.missed}
    false = {entry.split(" ", 1)[0] for one in every for rule in one.rules.values() for entry in rule.false}
    assert set(KNOWN_MISSES) <= missed
    assert set(KNOWN_FALSE) <= false


@pytest.mark.parametrize("rule", RULES)
def test_rule_has_a_labelled_program(rule: str) -> None:
    if rule in INFORMING:
        labelled = [info.at for program in programs() for info in program.infos if info.rule == rule]
    else:
        labelled = [cause.at for program in programs() for cause in program.causes if cause.rule == rule]
    true = [entry for target in TARGETS for entry in scores(target).of(rule).true]
    assert labelled or true, "name this rule in the `rule` of a labelled cause in tests/programs"


def test_every_labelled_rule_exists() -> None:
    named = {cause.rule for program in programs() for cause in program.causes if cause.rule}
    named |= {info.rule for program in programs() for info in program.infos}
    assert named <= set(RULES)
