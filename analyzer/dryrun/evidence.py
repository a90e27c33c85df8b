"""What a dry run shows about one expectation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analyzer.dryrun.protocol import (
    AS_CALLED,
    BuiltModel,
    ConversionResult,
    Frame,
    ModelRun,
    Op,
    Outcome,
    Raised,
    RefusedOp,
)
from analyzer.dryrun.words import about, first_line
from analyzer.expectations import (
    AnyOf,
    AsCalled,
    BatchNormTrains,
    ConverterSays,
    Expectation,
    FirstSignature,
    InExportedSlice,
    InputUnused,
    InterpreterFails,
    NoServingGraph,
    NotExported,
    Raises,
    ReceiverTensorIsNoPlaceholder,
    Refused,
    UpdateOpsNotRun,
    VariablesDiffer,
)
from analyzer.findings import Evidence, Span, Verdict

MOST_EVIDENCE = 4


@dataclass(frozen=True, slots=True)
class Tried:
    """The run of one model (None: it was not reached) with its conversions by TensorFlow `version` alone."""

    run: ModelRun | None
    outcome: Outcome
    version: str

    @property
    def builds(self) -> tuple[BuiltModel, ...]:
        """As written, then with causes mended."""
        if self.run is None:
            return ()
        return (self.run.as_written, *((self.run.mended,) if self.run.mended is not None else ()))

    @property
    def builder(self) -> str:
        """The TensorFlow that built and exported the model."""
        return f"tensorflow {self.outcome.tensorflow}"

    @property
    def converter(self) -> str:
        return f"tensorflow {self.version}"

    @property
    def unreadable(self) -> str:
        """Why the converter could not even load what was exported, in one clause; "" where it could."""
        results = [result for built in self.builds for result in built.results]
        words = next((result.words for result in results if result.outcome == "unreadable"), "")
        cannot = f"TensorFlow {self.version} cannot load what TensorFlow {self.outcome.tensorflow} exported"
        return f"{cannot}: {first_line(words)}" if words else ""

    def why_not_reached(self) -> str:
        """Why nothing can be said of what lies behind the first failure."""
        if self.run is None:
            return self.outcome.message or "the dry run did not reach this model"
        raised = self.run.as_written.raised
        if raised is not None:
            place = f" at {Path(raised.frames[-1].path).name}:{raised.frames[-1].line}" if raised.frames else ""
            return f"the export stopped before{place}: {raised.type}: {first_line(raised.words)}"
        return "the dry run did not get that far"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A verdict, its reason, and what it rests on."""

    verdict: Verdict
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()


def stands_on(frames: Iterable[Frame], at: tuple[Span, ...]) -> bool:
    """Whether one of the frames is on one of the spans' lines."""
    return any(span.covers_line(Path(frame.path), frame.line) for frame in frames for span in at)


def of_conversion(expectation: Expectation) -> bool:
    """Whether the converter decides it, rather than the TensorFlow that exports."""
    match expectation:
        case Refused() | InterpreterFails() | ConverterSays():
            return True
        case AnyOf(of=options):
            return any(map(of_conversion, options))
        case _:
            return False


def weigh(expectation: Expectation, tried: Tried) -> Weighed:
    """What the dry run makes of a suspicion's expectation."""
    if of_conversion(expectation) and tried.unreadable:
        return Weighed(Verdict.INCONCLUSIVE, tried.unreadable)
    match expectation:
        case Refused():
            return _refused(expectation, tried)
        case Raises():
            return _raises(expectation, tried)
        case InExportedSlice():
            wanted = [
                op for op in _live(tried) if op.type in expectation.op_types and stands_on(op.frames, expectation.at)
            ]
            return _in_slice(wanted, tried, "feeds an exported output")
        case BatchNormTrains():
            wanted = [op for op in _live(tried) if op.trains and stands_on(op.frames, expectation.at)]
            return _in_slice(wanted, tried, "uses batch statistics")
        case NotExported():
            return _not_exported(expectation, tried)
        case VariablesDiffer():
            return _variables(expectation, tried)
        case InputUnused():
            return _unused(expectation, tried)
        case InterpreterFails():
            return _interpreter(expectation, tried)
        case UpdateOpsNotRun():
            return _update_ops(tried)
        case AnyOf():
            return _any([weigh(option, tried) for option in expectation.of])
        case FirstSignature():
            return _first_signature(expectation, tried)
        case ReceiverTensorIsNoPlaceholder():
            return _no_placeholder(expectation, tried)
        case ConverterSays():
            return _says(expectation, tried)
        case NoServingGraph():
            return _no_serving_graph(tried)
        case AsCalled():
            return _as_called(expectation, tried)


def _any(weighed: list[Weighed]) -> Weighed:
    """Confirmed by one of them, refuted by all of them."""
    for verdict in (Verdict.CONFIRMED, Verdict.INCONCLUSIVE):
        for one in weighed:
            if one.verdict is verdict:
                return one
    return weighed[0]


def _live(tried: Tried) -> list[Op]:
    return [op for built in tried.builds for op in built.ops if op.live]


def _complete(tried: Tried) -> BuiltModel | None:
    """The first build whose PREDICT graph was finished."""
    return next((built for built in tried.builds if built.signatures), None)


def _refused(expectation: Refused, tried: Tried) -> Weighed:
    for built in tried.builds:
        found = [
            (result, op)
            for result in built.results
            for op in result.refused
            if op.type in expectation.op_types and (not expectation.at or stands_on(op.frames, expectation.at))
        ]
        if found:
            evidence = dict.fromkeys(
                Evidence(tried.converter, result.profile, "convert", op.type, refusal(result, op))
                for result, op in found
            )
            return Weighed(Verdict.CONFIRMED, "", tuple(evidence)[:MOST_EVIDENCE])
    built_model = next((built for built in reversed(tried.builds) if built.results), None)
    if built_model is None:
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    here = {
        op.type for op in built_model.ops if op.live and (not expectation.at or stands_on(op.frames, expectation.at))
    }
    blocked = [
        result for result in built_model.results if result.outcome != "converts" and result.profile == "builtins"
    ]
    if any(not result.complete for result in blocked):
        words = first_line(blocked[0].words) or blocked[0].outcome
        return Weighed(Verdict.INCONCLUSIVE, f"the converter stopped before it could tell: {words}")
    if not here:
        return Weighed(Verdict.REFUTED, f"{tried.builder} built no op of this line into the exported graph")
    return Weighed(Verdict.REFUTED, f"{tried.converter} takes what this line builds with builtins only")


def refusal(result: ConversionResult, op: RefusedOp) -> str:
    """What the converter said of an op that it refused, and how it is known where it named none."""
    words = about(result.words, op.type)
    return f"{words} (it names no op; parts of the graph convert up to this one)" if op.kind == "bisected" else words


def _raises(expectation: Raises, tried: Tried) -> Weighed:
    for built in tried.builds:
        if built.raised is not None and _raised_here(built.raised, expectation):
            words = f"{built.raised.type}: {first_line(built.raised.words)}"
            return Weighed(Verdict.CONFIRMED, "", (Evidence(tried.builder, "", "export", "", words),))
    if tried.run is None or tried.run.as_written.stopped_at == "import":
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    if _complete(tried) is None:
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    mended = tried.run.as_written.raised is not None and not tried.run.as_written.signatures
    return Weighed(
        Verdict.REFUTED, "the export passed this line" + (" once what stopped it was mended" if mended else "")
    )


def _raised_here(raised: Raised, expectation: Raises) -> bool:
    if expectation.exceptions and raised.type not in expectation.exceptions:
        return False
    if expectation.words and expectation.words not in raised.words:
        return False
    return not expectation.at or stands_on(raised.frames[-1:], expectation.at)


def _in_slice(wanted: list[Op], tried: Tried, what: str) -> Weighed:
    if wanted:
        kinds = dict.fromkeys(op.type for op in wanted)
        evidence = tuple(Evidence(tried.builder, "", "export", kind, f"{kind} {what}") for kind in kinds)
        words = [
            Evidence(tried.converter, result.profile, "compare", "", result.interpreter_words or "two calls differ")
            for built in tried.builds
            for result in built.results
            if result.interpreter == "nondeterministic"
        ]
        return Weighed(Verdict.CONFIRMED, "", (*evidence, *words)[:MOST_EVIDENCE])
    if _complete(tried) is None:
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    return Weighed(Verdict.REFUTED, "no such op of this line is in the exported graph")


def _not_exported(expectation: NotExported, tried: Tried) -> Weighed:
    built = _complete(tried)
    if built is None:
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    there = [op for op in built.ops if op.live and stands_on(op.frames, expectation.at)]
    if there:
        return Weighed(Verdict.REFUTED, f"the exported graph holds {there[0].type} made on this line")
    words = f"none of the {sum(op.live for op in built.ops)} exported ops was made on this line"
    return Weighed(Verdict.CONFIRMED, "", (Evidence(tried.builder, "", "export", "", words),))


def _variables(expectation: VariablesDiffer, tried: Tried) -> Weighed:
    checks = [built.train for built in tried.builds if built.train is not None]
    for check in checks:
        found = [mismatch for mismatch in check.mismatches if mismatch.respect in expectation.respects]
        if found:
            words = "; ".join(str(mismatch) for mismatch in found[:2])
            return Weighed(Verdict.CONFIRMED, "", (Evidence(tried.builder, "", "export", "", words),))
    if any(check.done for check in checks):
        return Weighed(Verdict.REFUTED, "TRAIN makes every variable that PREDICT restores")
    reason = next((check.reason for check in checks if check.reason), "") or tried.why_not_reached()
    return Weighed(Verdict.INCONCLUSIVE, f"the training graph was not checked: {reason}")


def _update_ops(tried: Tried) -> Weighed:
    checks = [built.train for built in tried.builds if built.train is not None]
    if any(check.update_ops_run is False for check in checks):
        words = "the training graph updates moving averages, and train_op does not depend on that"
        return Weighed(Verdict.CONFIRMED, "", (Evidence(tried.builder, "", "export", "", words),))
    if any(check.done for check in checks):
        ran = any(check.update_ops_run for check in checks)
        return Weighed(Verdict.REFUTED, "train_op runs UPDATE_OPS" if ran else "the training graph moves no averages")
    reason = next((check.reason for check in checks if check.reason), "") or tried.why_not_reached()
    return Weighed(Verdict.INCONCLUSIVE, f"the training graph was not checked: {reason}")


def _unused(expectation: InputUnused, tried: Tried) -> Weighed:
    built = _complete(tried)
    if built is None:
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    inputs = [tensor for signature in built.signatures for tensor in signature.inputs if tensor.key == expectation.key]
    if not inputs:
        return Weighed(Verdict.REFUTED, f"no signature has an input {expectation.key!r}")
    if any(tensor.reaches_output for tensor in inputs):
        return Weighed(Verdict.REFUTED, f"input {expectation.key!r} reaches an output")
    words = f"input {expectation.key!r} reaches no output of the exported graph"
    return Weighed(Verdict.CONFIRMED, "", (Evidence(tried.builder, "", "export", "", words),))


def _interpreter(expectation: InterpreterFails, tried: Tried) -> Weighed:
    results: list[ConversionResult] = [result for built in tried.builds for result in built.results]
    # Without a name the interpreter runs the first signature: that it is another one says nothing of the ops.
    results = [result for result in results if result.signature] or results
    found = [result for result in results if result.interpreter in expectation.ways]
    here = [result for result in found if not expectation.at or _fails_there(result, expectation.at, tried)]
    if found and not here:
        words = f"the interpreter stops at another operator: {first_line(found[0].interpreter_words)}"
        return Weighed(Verdict.INCONCLUSIVE, words)
    if found:
        evidence = tuple(
            Evidence(
                tried.converter,
                result.profile,
                "invoke" if result.interpreter == "fails" else "compare",
                "",
                first_line(result.interpreter_words),
            )
            for result in here
        )
        return Weighed(Verdict.CONFIRMED, "", evidence[:MOST_EVIDENCE])
    ran = [result for result in results if result.interpreter != "not run"]
    if not ran:
        return Weighed(Verdict.INCONCLUSIVE, "the converted model was not run")
    return Weighed(Verdict.REFUTED, "the converted model runs and answers as TensorFlow does")


def _fails_there(result: ConversionResult, at: tuple[Span, ...], tried: Tried) -> bool:
    """Whether the operator at which the interpreter fails was made there, or cannot be told."""
    ops = (op for built in tried.builds for op in built.ops if op.name in result.interpreter_nodes and op.frames)
    made = [op.frames for op in ops]
    return not made or any(stands_on(frames, at) for frames in made)


def _first_signature(expectation: FirstSignature, tried: Tried) -> Weighed:
    built = _complete(tried)
    if built is None:
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    keys = sorted(signature.key for signature in built.signatures)
    if len(keys) < 2 or keys[0] != expectation.key:
        return Weighed(Verdict.REFUTED, f"the first signature of the export is {keys[0]!r}")
    words = f"the export holds {', '.join(keys)}: a conversion that names none runs {keys[0]!r}"
    unnamed = [
        Evidence(tried.converter, result.profile, "compare", "", first_line(result.interpreter_words))
        for result in built.results
        if result.signature is None and result.interpreter == "differs"
    ]
    exported = Evidence(tried.builder, "", "export", "", words)
    return Weighed(Verdict.CONFIRMED, "", (exported, *unnamed)[:MOST_EVIDENCE])


def _no_placeholder(expectation: ReceiverTensorIsNoPlaceholder, tried: Tried) -> Weighed:
    built = _complete(tried)
    if built is None:
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    inputs = [tensor for signature in built.signatures for tensor in signature.inputs if tensor.key == expectation.key]
    found = next((tensor for tensor in inputs if not tensor.is_placeholder), None)
    if found is None:
        return Weighed(Verdict.REFUTED, f"input {expectation.key!r} of the export is a placeholder")
    words = f"input {expectation.key!r} of the export is {found.name}, the output of an op"
    return Weighed(Verdict.CONFIRMED, "", (Evidence(tried.builder, "", "export", "", words),))


def _says(expectation: ConverterSays, tried: Tried) -> Weighed:
    results = [result for built in tried.builds for result in built.results]
    refused = [result for result in results if result.outcome != "converts"]
    for result in refused:
        line = next((line for line in result.words.splitlines() if any(p in line for p in expectation.phrases)), None)
        if line is not None:
            evidence = Evidence(tried.converter, result.profile, "convert", "", first_line(line))
            return Weighed(Verdict.CONFIRMED, "", (evidence,))
    if not results:
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    if any(not result.complete for result in refused):
        words = first_line(refused[0].words)
        return Weighed(Verdict.INCONCLUSIVE, f"the converter stopped before it could tell: {words}")
    return Weighed(Verdict.REFUTED, f"{tried.converter} does not object to it")


def _as_called(expectation: AsCalled, tried: Tried) -> Weighed:
    """What came of the program's own conversion on these lines."""
    calls = tried.run.calls if tried.run is not None else ()
    here = [call for call in calls if stands_on([f for f in (call.made, call.converted) if f], expectation.at)]
    if not here:
        reached = tried.run is not None and _complete(tried) is not None
        why = "the dry run did not see this conversion" if reached else tried.why_not_reached()
        return Weighed(Verdict.INCONCLUSIVE, why)
    for call in here:
        if call.result is not None and (said := _shown_by(expectation, call.result)) is not None:
            stage, words = said
            how = f"{call.how}: {words}"
            return Weighed(Verdict.CONFIRMED, "", (Evidence(tried.converter, AS_CALLED, stage, "", how),))
    failed = next((c.result for c in here if c.result is not None and c.result.outcome != "converts"), None)
    limit = next((limit for call in here for limit in call.limits), "")
    if all(call.result is None for call in here):
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    if failed is not None:
        words = first_line(failed.words) or failed.outcome
        return Weighed(Verdict.INCONCLUSIVE, f"the conversion as the program calls it stopped before: {words}")
    if limit:
        return Weighed(Verdict.INCONCLUSIVE, limit)
    return Weighed(Verdict.REFUTED, f"{tried.converter} does this conversion as it is called, and it does not happen")


def _shown_by(expectation: AsCalled, result: ConversionResult) -> tuple[str, str] | None:
    """The stage and the words in which a conversion shows what is expected of it."""
    for stage, words in (("convert", result.words), ("invoke", result.interpreter_words)):
        line = next((line for line in words.splitlines() if any(says in line for says in expectation.says)), None)
        if line is not None:
            return stage, first_line(line)
    if expectation.ignores and expectation.ignores in result.ignored:
        return "convert", f"it has no attribute {expectation.ignores!r}"
    if expectation.shows == "float" and result.outcome == "converts" and not result.quantized:
        return "convert", "no tensor of the flatbuffer is quantized"
    flex = [name for name in result.tflite_ops if name.startswith("Flex")]
    if expectation.shows == "flex" and flex:
        return "convert", f"the flatbuffer holds {', '.join(sorted(flex))}"
    return None


def _no_serving_graph(tried: Tried) -> Weighed:
    if _complete(tried) is not None:
        return Weighed(Verdict.REFUTED, "the export holds a graph for PREDICT")
    built = tried.run.as_written if tried.run is not None else None
    if tried.run is None or built is None or built.raised is not None or built.results or built.stopped_at != "convert":
        return Weighed(Verdict.INCONCLUSIVE, tried.why_not_reached())
    words = next(iter(tried.run.limits), "the export holds no graph for PREDICT")
    return Weighed(Verdict.CONFIRMED, "", (Evidence(tried.builder, "", "convert", "", words),))
