"""What a rule is: a code, a name, what each converter version does with its fault, and a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from analyzer.expectations import Expectation
from analyzer.explained import Explained
from analyzer.exportgraph.conversions import Conversion
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Outcome, Patch, Related, Severity, Span, Suspicion, Target
from analyzer.reading.record import ApiCall, Step

Check = Callable[[Model], Iterator[Suspicion]]
ConversionCheck = Callable[[Conversion, Model | None], Iterator[Suspicion]]


def by_version(v1_15: str, v2_15: str, v2_21: str) -> Mapping[Target, Outcome]:
    """The catalogue's letters for the three measured converters."""
    return dict(zip(Target, (Outcome(v1_15), Outcome(v2_15), Outcome(v2_21)), strict=True))


@dataclass(frozen=True, slots=True)
class Rule:
    """The identity of a rule and its measured truth: what each converter does with a model that has only this fault."""

    code: str
    name: str
    outcomes: Mapping[Target, Outcome]

    def at(
        self,
        span: Span,
        message: str,
        *,
        expects: Expectation,
        certainty: Certainty = Certainty.CERTAIN,
        outcomes: Mapping[Target, Outcome] | None = None,
        fix: str = "",
        related: tuple[Related, ...] = (),
        ceiling: Severity = Severity.ERROR,
        patch: Patch | None = None,
    ) -> Suspicion:
        """A suspicion of this rule."""
        return Suspicion(
            self.code, self.name, span, message, certainty, expects, outcomes or self.outcomes, fix, related,
            ceiling=ceiling, patch=patch,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registered:
    """A rule with its check: of a model, or of a conversion and the model that it converts, where that is known."""

    rule: Rule
    explained: Explained
    check: Check | None = None
    check_conversion: ConversionCheck | None = None

    def of_model(self, model: Model) -> Iterator[Suspicion]:
        """What the rule suspects of a model, and of what the program converts of its export."""
        if self.check is not None:
            yield from self.check(model)
        for conversion in model.conversions if self.check_conversion is not None else ():
            yield from self.of_conversion(conversion, model)

    def of_conversion(self, conversion: Conversion, model: Model | None = None) -> Iterator[Suspicion]:
        """What the rule suspects of a conversion."""
        if self.check_conversion is not None:
            yield from self.check_conversion(conversion, model)


def registered(module: ModuleType) -> Registered:
    """The rule that a module of this package holds: it has a `check`, or a `check_conversion`."""
    rule: Rule = module.RULE
    explained = Explained(rule.code, rule.name, module.__doc__ or "")
    if hasattr(module, "check_conversion"):
        return Registered(rule, explained, check_conversion=module.check_conversion)
    return Registered(rule, explained, check=module.check)


def way(model: Model, call: ApiCall | None = None, trail: tuple[Step, ...] = ()) -> tuple[Related, ...]:
    """The way from the estimator and its export to a call, for people to follow."""
    steps: list[Related] = []
    if model.estimator is not None:
        steps.append(Related(model.estimator.span, model.estimator.name.rpartition(".")[2]))
    if model.export is not None:
        steps.append(Related(model.export.span, model.export.name.rpartition(".")[2]))
    taken = call.trail if call is not None else trail
    seen = {(step.span.path, step.span.line) for step in steps}
    for step in taken:
        if (step.span.path, step.span.line) not in seen:
            steps.append(Related(step.span, step.name))
            seen.add((step.span.path, step.span.line))
    return tuple(steps)
