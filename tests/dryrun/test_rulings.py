"""What several converters made of one suspicion becomes one finding, as severe as the worst that counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.dryrun import plan
from analyzer.dryrun.protocol import (
    BuiltModel,
    ConversionResult,
    Converter,
    Frame,
    ModelRun,
    Op,
    Outcome,
    RefusedOp,
    SignatureDef,
)
from analyzer.dryrun.verdicts import Judged, judge
from analyzer.expectations import Expectation, NotExported, Refused
from analyzer.findings import Certainty, Finding, Severity, Span, Suspicion, Target, Verdict
from analyzer.followed import Followed, FollowedModel
from analyzer.reports import Converted, Place
from analyzer.rules.rule import by_version
from analyzer.settings import Settings

PATH = Path("/p/model.py")
HERE = Frame(str(PATH), 7, "model_fn")
SPAN = Span(PATH, 7, 1, 7, 9)
OTHER_VERSIONS = ("1.15.5", "2.21.0")
NEEDS_NO_ERF = Refused(frozenset({"Erf"}))
CONVERTS = ConversionResult("builtins", "serving_default", "converts", complete=True, interpreter="matches")
REFUSES = ConversionResult(
    "builtins", "serving_default", "refused", "needs Erf", (RefusedOp("Erf", "erf", "other", (HERE,)),), complete=True
)
ABORTS = ConversionResult("builtins", "serving_default", "crashed", "Check failed: 0 == 1")
CANNOT_READ = ConversionResult("builtins", "serving_default", "unreadable", "NotFoundError: Op type not registered")


def judged(*results: ConversionResult, expectation: Expectation | None = NEEDS_NO_ERF, settings: Settings) -> Judged:
    """The verdicts on a model that 2.15.1 built, each of `results` by 2.15.1, 1.15.5 and 2.21.0 in turn."""
    versions = ("2.15.1", *OTHER_VERSIONS)
    own = tuple(replace(one, converter=version) for one, version in zip(results, versions, strict=False))
    ops = (Op("erf", "Erf", (HERE,), True, "model"),)
    built = BuiltModel(ops=ops, signatures=(SignatureDef("serving_default", (), ()),), results=own)
    run = ModelRun(HERE, None, None, None, "export call", built)
    others = tuple(Converter("/bin/python", version) for version in versions[1 : len(results)])
    suspicions = (
        ()
        if expectation is None
        else (Suspicion("TFL404", "a", SPAN, "", Certainty.CERTAIN, expectation, by_version("X", "X", "X")),)
    )
    told = FollowedModel("entry point", Place(PATH, 7, "model_fn"), SPAN, None, None, None, (), suspicions)
    followed = Followed(PATH, (), (told,), (), (), SPAN, frozenset(), None, {})
    outcome = Outcome(tensorflow="2.15.1", models=(run,), converters=others)
    return judge(followed, outcome, settings, frozenset())


def told(finding: Finding) -> dict[str, Verdict]:
    return {ruling.converter.removeprefix("tensorflow "): ruling.verdict for ruling in finding.rulings}


def test_a_finding_is_as_severe_as_its_worst_converter_makes_it() -> None:
    (found,) = judged(CONVERTS, REFUSES, CONVERTS, settings=Settings()).findings
    assert (found.verdict, found.severity) == (Verdict.CONFIRMED, Severity.ERROR)
    assert told(found) == {"2.15.1": Verdict.REFUTED, "1.15.5": Verdict.CONFIRMED, "2.21.0": Verdict.REFUTED}
    assert [item.converter for item in found.evidence] == ["tensorflow 1.15.5"]


@pytest.mark.parametrize(
    ("target", "verdict", "severity"),
    [
        (Target.V1_15, Verdict.CONFIRMED, Severity.ERROR),
        (Target.V2_15, Verdict.REFUTED, Severity.HINT),
        (Target.V2_21, Verdict.REFUTED, Severity.HINT),
    ],
)
def test_a_target_names_the_converter_that_counts(target: Target, verdict: Verdict, severity: Severity) -> None:
    (found,) = judged(CONVERTS, REFUSES, CONVERTS, settings=Settings(counted=target)).findings
    assert (found.verdict, found.severity) == (verdict, severity)
    assert len(found.rulings) == 3


def test_a_target_that_no_converter_speaks_for_leaves_all_counting() -> None:
    (found,) = judged(CONVERTS, REFUSES, settings=Settings(counted=Target.V2_21)).findings
    assert found.verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(("target", "notes"), [(Target.V2_15, 0), (Target.V2_21, 1), (None, 0)])
def test_a_target_that_no_converter_speaks_for_is_said(target: Target | None, notes: int) -> None:
    outcome = Outcome(tensorflow="2.15.1", converters=(Converter("/bin/python", "1.15.5"),))
    said = list(plan.unheard([outcome], Settings(counted=target)))
    assert len(said) == notes
    assert all("no converter is TensorFlow 2.21" in sentence for sentence in said)


def test_a_converter_that_cannot_load_the_export_settles_nothing() -> None:
    report = judged(CONVERTS, CANNOT_READ, settings=Settings())
    (found,) = report.findings
    assert told(found) == {"2.15.1": Verdict.REFUTED, "1.15.5": Verdict.INCONCLUSIVE}
    reason = "TensorFlow 1.15.5 cannot load what TensorFlow 2.15.1 exported: NotFoundError: Op type not registered"
    assert found.reason == reason
    (model,) = report.models
    assert model.stopped_at is None
    assert model.converted == (
        Converted("tensorflow 2.15.1", None, "builtins", "matches"),
        Converted("tensorflow 1.15.5", "read", None, "not run", "NotFoundError: Op type not registered"),
    )


def test_what_the_export_decides_has_no_rulings() -> None:
    elsewhere = NotExported((Span(PATH, 9, 1, 9, 2),))
    (found,) = judged(CONVERTS, REFUSES, expectation=elsewhere, settings=Settings()).findings[:1]
    assert (found.code, found.verdict, found.rulings) == ("TFL404", Verdict.CONFIRMED, ())


def test_what_one_converter_alone_shows_is_said_of_that_one() -> None:
    (found,) = judged(CONVERTS, REFUSES, ABORTS, expectation=None, settings=Settings()).findings[:1]
    assert (found.code, found.severity) == ("TFL904", Severity.ERROR)
    assert told(found) == {"2.15.1": Verdict.REFUTED, "1.15.5": Verdict.CONFIRMED, "2.21.0": Verdict.INCONCLUSIVE}


def test_one_converter_leaves_findings_as_they_are() -> None:
    (found,) = judged(REFUSES, settings=Settings()).findings
    assert (found.verdict, found.rulings) == (Verdict.CONFIRMED, ())


def test_a_converter_that_converted_nothing_is_an_error() -> None:
    outcome = Outcome(
        tensorflow="2.15.1", converters=(Converter("/bin/python", None, "/bin/python has no TensorFlow"),)
    )
    followed = Followed(PATH, (), (), (), (), SPAN, frozenset(), None, {})
    (failure,) = judge(followed, outcome, Settings(), frozenset()).errors
    assert failure.message == "--converter converted nothing: /bin/python has no TensorFlow"
