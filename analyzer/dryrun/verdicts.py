"""Joins suspicions with what the dry run showed: confirmed, refuted, inconclusive, or not tested at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analyzer import configured
from analyzer.dryrun import drawing, matrix, observed, plan, rulings
from analyzer.dryrun.evidence import Tried, Weighed, of_conversion, weigh
from analyzer.dryrun.protocol import SAVED_MODEL, BuiltModel, ConversionResult, Frame, ModelRun, Outcome
from analyzer.expectations import AnyOf, AsCalled, Expectation, InterpreterFails, NotExported, Refused
from analyzer.findings import Certainty, Finding, Severity, Span, Suspicion, Target, Verdict
from analyzer.findings import Outcome as Letter
from analyzer.followed import Followed, FollowedModel
from analyzer.reports import Conversion, Failure, Mended, ModelReport, OpCount, Place, Signature, TensorInfo
from analyzer.runtime import FLEX, Kind, Operator
from analyzer.settings import Settings
from analyzer.tfapi.ops import FOLDED

HARMLESS = frozenset({Letter.BUILTINS, Letter.NOT_RUNNABLE})


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of one program."""

    findings: tuple[Finding, ...]
    models: tuple[ModelReport, ...]
    errors: tuple[Failure, ...] = ()


def judge(
    followed: Followed, outcome: Outcome | None, settings: Settings, owned: plan.Places, why_not: str = ""
) -> Judged:
    """The findings and model reports of one program, with whatever its dry run showed.

    `why_not`: why a dry run that was asked for did not run this program.
    """
    findings: list[Finding] = []
    models: list[ModelReport] = []
    pairs = _pairs(followed, outcome)
    for model, run in pairs:
        if model is not None and run is None and plan.is_covered(model, owned):
            continue
        builder = Target.nearest(outcome.tensorflow) if outcome and outcome.tensorflow else settings.target
        unbuilt = model is not None and (run is None or not _was_tried(run)) and builder is not Target.V1_15
        gone = model.gone if model is not None and unbuilt else ""
        own = tuple(_quieter(model.suspicions) if gone else model.suspicions) if model is not None else ()
        tries = _tries(run, outcome)
        if not tries:
            findings += [_judged(suspicion, None, settings, why_not) for suspicion in own]
        judged = [[_judged(suspicion, tried, settings, why_not) for suspicion in own] for tried in tries]
        for suspicion, each in zip(own, zip(*judged, strict=True), strict=bool(tries)):
            findings.append(rulings.joined(each, tries, settings.counted, of_conversion(suspicion.expectation)))
        if run is not None:
            seen = [_observed(tried, own, each, settings) for tried, each in zip(tries, judged, strict=True)]
            findings += rulings.merged([converted for _, converted in seen], tries, settings.counted)
            findings += seen[0][0]
        report = _report(model, run, outcome, followed, why_not, settings)
        if gone:
            words = f"TensorFlow {builder.value} has no {gone}: there this model is not even built"
            report = replace(report, limits=(*report.limits, words))
        told = any(other.entry == report.entry for other in models)
        models.append(replace(report, entry="") if told else report)
    # What is converted here belongs to no model of the program, so no dry run can test it.
    findings += [_judged(suspicion, None, settings, "") for suspicion in followed.suspicions]
    if plan.is_lost(followed, owned) and not pairs:
        models.append(_lost(followed, outcome))
    if outcome is None:
        return Judged(tuple(findings), tuple(models))
    if followed.is_saved_model and outcome.stopped_at not in (None, "interpreter"):
        return Judged((), (), (Failure(followed.path, f"the SavedModel cannot be judged: {outcome.message}"),))
    findings += observed.program_findings(outcome, followed.tensorflow_import)
    errors = _errors(outcome)
    return Judged(tuple(findings), tuple(models), errors)


def _tries(run: ModelRun | None, outcome: Outcome | None) -> list[Tried]:
    """The run as each converter saw it, the TensorFlow that built the model first; none where nothing was run."""
    if outcome is None:
        return []
    if not outcome.versions:
        return [Tried(run, outcome, "")]
    return [Tried(run.by(version) if run is not None else None, outcome, version) for version in outcome.versions]


def _observed(
    tried: Tried, own: Sequence[Suspicion], judged: Sequence[Finding], settings: Settings
) -> tuple[list[Finding], list[Finding]]:
    """What no suspicion explains: of the export, and of the conversions by this converter."""
    confirmed = [s for s, found in zip(own, judged, strict=True) if found.verdict is Verdict.CONFIRMED]
    likely = [f for f in judged if f.verdict is Verdict.INCONCLUSIVE and f.severity is Severity.WARNING]
    exported = list(observed.of_export(tried, confirmed))
    return exported, list(observed.of_conversions(tried, confirmed, likely, settings.ops))


def _quieter(suspicions: Iterable[Suspicion]) -> Iterator[Suspicion]:
    """What is suspected of a model that does not run on this TensorFlow: for one that does."""
    for suspicion in suspicions:
        yield replace(suspicion, ceiling=max(suspicion.ceiling, Severity.INFO, key=lambda severity: severity.rank))


def _lost(followed: Followed, outcome: Outcome | None) -> ModelReport:
    """A model whose export was seen, and nothing else of it."""
    line = followed.unfollowed[0]
    lost = f"line {line} of {followed.path.name} exports an estimator that could not be followed to where it is made"
    limits = [lost, *followed.limits]
    if outcome is not None:
        limits.append(outcome.message or "the dry run of this file exported nothing")
    return ModelReport(None, None, "entry point", limits=tuple(limits))


def strength(finding: Finding) -> tuple[int, int]:
    """How much a finding says, to choose between two of the same rule at the same place."""
    order = (Verdict.UNTESTED, Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.CONFIRMED)
    return order.index(finding.verdict), -finding.severity.rank


def _judged(suspicion: Suspicion, tried: Tried | None, settings: Settings, why_not: str) -> Finding:
    target = settings.target
    weighed = Weighed(Verdict.INCONCLUSIVE, why_not) if why_not else Weighed(Verdict.UNTESTED)
    if tried is not None:
        if tried.version:
            target = Target.nearest(tried.version)
        expected = _telling(suspicion, target)
        weighed = (
            weigh(expected, tried)
            if expected is not None
            else Weighed(Verdict.INCONCLUSIVE, f"TensorFlow {target.value} does not have this fault")
        )
    severity = _severity(suspicion, weighed.verdict, target, settings, tried)
    return Finding(
        suspicion.code, suspicion.name, suspicion.span, severity, suspicion.certainty, weighed.verdict,
        suspicion.message, weighed.reason, weighed.evidence, suspicion.related, suspicion.fix,
        patch=suspicion.patch,
    )  # fmt: skip


def _telling(suspicion: Suspicion, target: Target) -> Expectation | None:
    """What a run on this TensorFlow can show: where the fault is none, a failing model has another reason."""
    if suspicion.outcomes[target] not in HARMLESS:
        return suspicion.expectation
    match suspicion.expectation:
        case InterpreterFails():
            return None
        case AnyOf(of=options):
            kept = tuple(option for option in options if not isinstance(option, InterpreterFails))
            return AnyOf(kept) if kept else None
        case expectation:
            return expectation


def _severity(
    suspicion: Suspicion, verdict: Verdict, target: Target, settings: Settings, tried: Tried | None
) -> Severity:
    harmless = is_harmless(suspicion.outcomes[target], settings)
    match verdict:
        case Verdict.REFUTED:
            found = Severity.HINT
        case Verdict.CONFIRMED:
            refusal = isinstance(suspicion.expectation, Refused | AnyOf)
            mild = refusal and settings.ops == "select" and _select_converts(tried)
            mild = mild or (isinstance(suspicion.expectation, AsCalled) and harmless)
            found = Severity.INFO if mild or isinstance(suspicion.expectation, NotExported) else Severity.ERROR
        case _:
            certain = suspicion.certainty is Certainty.CERTAIN
            found = Severity.WARNING if certain and not harmless else Severity.INFO
    return max(found, suspicion.ceiling, key=lambda severity: severity.rank)


def is_harmless(letter: Letter, settings: Settings) -> bool:
    """Whether a model with a fault that ends so works on the device that is asked about."""
    return letter in HARMLESS or (letter is Letter.SELECT and settings.ops == "select")


def _select_converts(tried: Tried | None) -> bool:
    results = [result for built in tried.builds for result in built.results] if tried else []
    return any(result.profile == "select" and result.outcome == "converts" for result in results)


def _was_tried(run: ModelRun) -> bool:
    return bool(run.as_written.ops or run.as_written.raised or run.as_written.stopped_at)


def _to_configure(model: FollowedModel | None, outcome: Outcome | None, settings: Settings) -> str:
    """What its configuration can say of a model that a dry run was to build and did not; "" where it cannot help."""
    point = model.entry_point if model is not None else None
    if outcome is None or outcome.stopped_at == "interpreter" or model is None or point is None:
        return ""
    return configured.suggestion(point, model.reads, settings.root)


def _pairs(followed: Followed, outcome: Outcome | None) -> list[tuple[FollowedModel | None, ModelRun | None]]:
    """Each statically found model with its run, the likest first; then the runs that static analysis did not see."""
    runs = list(enumerate(outcome.models)) if outcome is not None else []
    likeness = {(at, number): _likeness(model, run) for at, model in enumerate(followed.models) for number, run in runs}
    run_of: dict[int, int] = {}
    for at, number in sorted(likeness, key=lambda pair: -likeness[pair]):
        if likeness[at, number] > 0 and at not in run_of and number not in run_of.values():
            run_of[at] = number
    by_number = dict(runs)
    pairs = [(model, by_number[run_of[at]] if at in run_of else None) for at, model in enumerate(followed.models)]
    return [*pairs, *((None, run) for number, run in runs if number not in run_of.values())]


def _likeness(model: FollowedModel, run: ModelRun) -> int:
    """How surely a run is of a model: 0 not at all."""
    score = 0
    if model.model_fn_span is not None and run.model_fn is not None:
        span = model.model_fn_span
        if span.path != Path(run.model_fn.path) or not span.line - 8 <= run.model_fn.line <= span.end_line:
            return 0
        score += 4
    elif (model.model_fn_span is None) != (run.model_fn is None) and model.estimator is not None:
        score -= 1
    if model.estimator is not None and run.estimator is not None:
        stands = _stands(model.estimator, run.estimator)
        if not stands and model.model_fn_span is None and run.model_fn is None:
            return 0
        score += 2 if stands else 0
    if model.export is not None and run.export is not None and _stands(model.export, run.export):
        score += 3
    return score


def _stands(span: Span, frame: Frame) -> bool:
    return span.covers_line(Path(frame.path), frame.line)


def _report(
    model: FollowedModel | None,
    run: ModelRun | None,
    outcome: Outcome | None,
    followed: Followed,
    why_not: str,
    settings: Settings,
) -> ModelReport:
    converter = f"tensorflow {outcome.tensorflow}" if outcome is not None and outcome.tensorflow else None
    model_fn = model.model_fn if model is not None else None
    receiver = model.receiver if model is not None else None
    limits = [*(model.limits if model is not None else followed.limits)]
    if run is None:
        if why_not:
            limits.append(why_not)
        if outcome is not None:
            limits.append(outcome.message or "the dry run did not reach this model")
        found_by = model.found_by if model is not None else "entry point"
        stopped = "import" if outcome is not None and outcome.stopped_at is not None else None
        return ModelReport(
            model_fn, receiver, found_by, converter, bool(outcome and outcome.presented_as_v1), stopped,
            limits=tuple(dict.fromkeys(limits)), entry=_to_configure(model, outcome, settings),
        )  # fmt: skip
    built, mended = run.as_written, run.mended
    behind_mends = mended is not None and not built.ops
    own = list(_own_conversions(run, mended if mended is not None and behind_mends else built))
    versions = outcome.versions if outcome is not None else ()
    if outcome is not None and outcome.stand_in:
        limits.append(f"TensorFlow {outcome.tensorflow} has no tf.estimator: tflint's stand-in for it built this model")
    return ModelReport(
        model_fn=model_fn or _place(run.model_fn),
        receiver=receiver or _place(run.receiver),
        found_by=run.found_by,
        built_with=converter,
        presented_as_v1=bool(outcome and outcome.presented_as_v1),
        stopped_at=built.stopped_at,
        signatures=tuple(_signatures(built if built.signatures or mended is None else mended)),
        results=(*_conversions(built), *([] if behind_mends else own)),
        mended=Mended(
            tuple(mend.text for mend in run.mends),
            mended.stopped_at,
            (*_conversions(mended), *(own if behind_mends else [])),
            tuple(matrix.rows(mended, versions)),
        )
        if mended is not None
        else None,
        seconds=round(run.seconds, 3),
        limits=tuple(dict.fromkeys([*limits, *run.limits])),
        entry=_to_configure(model, outcome, settings) if run.configurable and not _was_tried(run) else "",
        converted=tuple(matrix.rows(built, versions)),
        graph=drawing.graph(run),
        saved_model=followed.path if run.found_by == SAVED_MODEL else None,
    )


def _place(frame: Frame | None) -> Place | None:
    return Place(Path(frame.path), frame.line, frame.function) if frame is not None else None


def _signatures(built: BuiltModel) -> Iterator[Signature]:
    for signature in built.signatures:
        yield Signature(
            signature.key,
            tuple(TensorInfo(tensor.key, tensor.dtype, tensor.shape) for tensor in signature.inputs),
            tuple(TensorInfo(tensor.key, tensor.dtype, tensor.shape) for tensor in signature.outputs),
        )


def _own_conversions(run: ModelRun, built: BuiltModel) -> Iterator[Conversion]:
    """What the program converts itself of a build, as it calls the converter."""
    own = tuple(call.result for call in run.calls if call.result is not None)
    return _conversions(replace(built, results=own, int8=()))


def _conversions(built: BuiltModel) -> Iterator[Conversion]:
    for result in (*built.results, *built.int8):
        yield Conversion(
            f"tensorflow {result.converter}", result.profile, result.signature, result.outcome, result.interpreter,
            tuple(_ops(built, result)), result.size_bytes, round(result.seconds, 3),
            result.words or result.interpreter_words, tuple(_operators(result)),
        )  # fmt: skip


def _operators(result: ConversionResult) -> Iterator[Operator]:
    for name, count in sorted(result.tflite_ops.items()):
        kind = Kind.BUILTIN if name in result.versions else Kind.SELECT if name.startswith(FLEX) else Kind.CUSTOM
        yield Operator(name, result.versions.get(name, 1), count, kind)


def _ops(built: BuiltModel, result: ConversionResult) -> Iterator[OpCount]:
    """The op types of the exported slice, and what this conversion made of each."""
    refused = {op.type: op.kind for op in result.refused}
    counts: dict[str, int] = {}
    for op in built.ops:
        if op.live:
            counts[op.type] = counts.get(op.type, 0) + 1
    flex = {name.removeprefix("Flex") for name in result.tflite_ops if name.startswith("Flex")}
    for kind, count in sorted(counts.items()):
        support = {"select": "select", "custom": "custom"}.get(refused.get(kind, ""))
        support = support or ("select" if kind in flex else "folded" if kind in FOLDED else "builtin")
        yield OpCount(kind, count, support)


def _errors(outcome: Outcome) -> tuple[Failure, ...]:
    """What could not be done for want of a usable TensorFlow: the dry run, or the conversions by another one."""
    if outcome.stopped_at == "interpreter":
        return (Failure(None, f"the dry run could not be done: {outcome.message}"),)
    unable = [converter for converter in outcome.converters if converter.tensorflow is None]
    return tuple(Failure(None, f"--converter converted nothing: {converter.message}") for converter in unable)
