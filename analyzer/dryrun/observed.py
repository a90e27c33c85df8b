"""What only the dry run saw: failures that no rule suspected, each on the user's own line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from analyzer.dryrun.evidence import Tried, refusal, stands_on
from analyzer.dryrun.observations import (
    API_MISSING,
    BATCH_STATISTICS_SEEN,
    CONVERSION_FAILS,
    EXPORT_FAILS,
    INPUT_UNUSED_SEEN,
    INT8_FAILS,
    INTERPRETER_FAILS,
    OP_REFUSED,
    OUTPUT_DIFFERS,
    OWN_CONVERSION_FAILS,
    PROGRAM_STOPS,
    RANDOM_SEEN,
    WILL_NOT_RESTORE,
)
from analyzer.dryrun.protocol import (
    AS_CALLED,
    INT8,
    SAVED_MODEL,
    BuiltModel,
    ConversionResult,
    Frame,
    ModelRun,
    Outcome,
    Raised,
    RefusedOp,
)
from analyzer.dryrun.words import first_line
from analyzer.expectations import (
    AnyOf,
    AsCalled,
    BatchNormTrains,
    ConverterSays,
    Expectation,
    InExportedSlice,
    InputUnused,
    Raises,
    Refused,
    VariablesDiffer,
)
from analyzer.explained import Explained
from analyzer.findings import Certainty, Evidence, Finding, Severity, Span, Suspicion, Verdict
from analyzer.tfapi.ops import RANDOM

TF_KERAS = "install tf-keras beside that TensorFlow, or dry-run with an older one and name this one with --converter"
ARRAYS = ("TensorArray", "TensorList")
"""Beginnings of the ops of the arrays that a loop reads and writes: they are made on other lines than the loop."""
VARIABLE_USED = re.compile(r"expects all users to be 'tf\.Identity', but got user tf\.(\w+)")
_ENVIRONMENT = frozenset(
    "FileNotFoundError ModuleNotFoundError ImportError PermissionError NotFoundError SystemExit EOFError "
    "ConnectionError URLError OSError TimeoutError".split()
)


def program_findings(outcome: Outcome, start: Span) -> Iterator[Finding]:
    """What is true of the program as a whole; `start` is where it imports TensorFlow."""
    converter = f"tensorflow {outcome.tensorflow}"
    presented = list(_presented(outcome))
    if presented:
        names = ", ".join([f"`{name}`" for name in outcome.v1_names[:3]] + ["`tf.estimator`"] * outcome.stand_in)
        yield _finding(
            API_MISSING, start, f"TensorFlow {outcome.tensorflow} {'; it '.join(presented)}", Severity.INFO,
            (Evidence(converter, "", "import", "", names),),
        )  # fmt: skip
    if outcome.stopped_at not in (None, "interpreter") and (outcome.raised is not None or not outcome.models):
        raised = outcome.raised
        span = _span(raised.frames[-1]) if raised is not None and raised.frames else start
        words = f"{raised.type}: {first_line(raised.words)}" if raised is not None else outcome.message
        missing = raised is not None and _is_missing_api(raised)
        loud = raised is not None and raised.type not in _ENVIRONMENT and not missing
        yield _finding(
            API_MISSING if missing else PROGRAM_STOPS,
            span,
            f"the program stops here before it exports anything: {words}",
            Severity.WARNING if loud else Severity.INFO,
            (Evidence(converter, "", "import", "", words),),
        )


def _presented(outcome: Outcome) -> Iterator[str]:
    """What the TensorFlow lacks that the program uses, and what the dry run gave in its place."""
    if outcome.presented_as_v1:
        names = ", ".join(f"`{name}`" for name in outcome.v1_names[:3])
        lacks = f"has no {names}" if names else "makes no graph here, as eager execution is on"
        yield f"{lacks}: the dry run presented `tensorflow` as `tensorflow.compat.v1`, v2 behaviour off"
    if outcome.stand_in:
        yield "has no `tf.estimator`: tflint's own stand-in for it built the model"
    if outcome.stand_in and outcome.legacy_keras:
        yield "has Keras 3, which took `tf.layers` and the RNN cells: tf-keras gave them"


def _is_missing_api(raised: Raised) -> bool:
    return ("tensorflow" in raised.words or "keras" in raised.words.lower()) and (
        "has no attribute" in raised.words or "No module named" in raised.words or "cannot import name" in raised.words
        or "is not available with Keras" in raised.words
    )  # fmt: skip


def of_export(tried: Tried, confirmed: list[Suspicion]) -> Iterator[Finding]:
    """What the build of one model showed and no confirmed suspicion explains."""
    run = tried.run
    home = _home(run) if run is not None else None
    if run is None or home is None:
        return
    for built in tried.builds:
        yield from _export(built, run, home, tried.builder, confirmed)
    last = next((built for built in tried.builds if built.results), None)
    if last is not None:
        yield from _graph(last, run, home, tried.builder, confirmed)
        yield from _unused(last, home, tried.builder, confirmed)
        yield from _as_called(run, last, tried.builder, confirmed)


def of_conversions(tried: Tried, confirmed: list[Suspicion], likely: list[Finding], ops: str) -> Iterator[Finding]:
    """What one converter made of a model, as far as no confirmed suspicion explains it.

    `likely`: findings that are certain to static analysis and that the run could not settle.
    """
    run = tried.run
    home = _home(run) if run is not None else None
    if run is None or home is None or tried.unreadable:
        return
    for built in tried.builds:
        if built.results:
            yield from _conversion(built, run, home, tried.converter, confirmed, ops)
            yield from _opaque(built, home, tried.converter, confirmed, likely)
            yield from _interpreter(built, run, home, tried.converter, confirmed)
            yield from _int8(built, home, tried.converter)


def _export(
    built: BuiltModel, run: ModelRun, home: Span, converter: str, confirmed: list[Suspicion]
) -> Iterator[Finding]:
    raised = built.raised
    made = built.train.mismatches if built.train is not None else ()
    mismatches = [mismatch for mismatch in made if mismatch.respect != "place"]
    if mismatches:
        respects = {mismatch.respect for mismatch in mismatches}
        explained = any(
            isinstance(s.expectation, VariablesDiffer) and s.expectation.respects & respects for s in confirmed
        )
        if not explained:
            first = mismatches[0]
            words = str(first)
            outcome = "cannot be restored" if first.stops else "is restored all the same, into a model it does not fit"
            yield _finding(
                WILL_NOT_RESTORE,
                _span(first.frames[-1]) if first.frames else home,
                f"TRAIN and PREDICT do not make the same variables ({words}): the checkpoint {outcome}",
                Severity.ERROR,
                (Evidence(converter, "", "export", "", words),),
            )
    elif raised is not None and not any(isinstance(s.expectation, Raises) for s in confirmed):
        missing = _is_missing_api(raised)
        words = f"{raised.type}: {first_line(raised.words)}"
        yield _finding(
            API_MISSING if missing else EXPORT_FAILS,
            _span(raised.frames[-1]) if raised.frames else home,
            f"the export dies here: {words}",
            Severity.INFO if missing else Severity.ERROR,
            (Evidence(converter, "", "export", "", words),),
            TF_KERAS if "Keras 3" in words else "",
        )


def _conversion(
    built: BuiltModel, run: ModelRun, home: Span, converter: str, confirmed: list[Suspicion], ops: str
) -> Iterator[Finding]:
    shown = [part for suspicion in confirmed for part in _parts(suspicion.expectation)]
    explained = [part for part in shown if isinstance(part, Refused)]
    changing = {name for part in shown if isinstance(part, InExportedSlice) for name in part.op_types}
    made = built.train.mismatches if built.train is not None else ()
    misfits = [one.frames[-1:] for one in made if one.respect == "shape" and one.frames]
    places: dict[Span, dict[str, tuple[ConversionResult, RefusedOp]]] = {}
    for result in built.results:
        if result.outcome == "converts":
            continue
        for op in result.refused:
            if any(op.type in e.op_types and _is_of(op, e.at) for e in explained) or _user(result, op) in changing:
                continue
            if op.kind == "other" and op.frames[-1:] in misfits:
                continue
            span = _blame(op.frames, run) or home
            places.setdefault(span, {}).setdefault(op.type, (result, op))
    if len(places) > 1 or explained:
        # Ops that TensorFlow makes while it exports (bodies of dataset functions) are consequences of others.
        places = {span: kinds for span, kinds in places.items() if run.export is None or span != _span(run.export)}
    where = "in this SavedModel" if run.found_by == SAVED_MODEL else "made here"
    for span, kinds in places.items():
        select = all(op.kind == "select" for _, op in kinds.values())
        names = ", ".join(sorted(kinds))
        yield _finding(
            OP_REFUSED,
            span,
            f"the converter refuses {names}, {where}" + (": it needs Select TF ops" if select else ""),
            Severity.INFO if select and ops == "select" else Severity.ERROR,
            tuple(
                Evidence(converter, result.profile, "convert", kind, refusal(result, op))
                for kind, (result, op) in sorted(kinds.items())
            ),
        )


def _user(result: ConversionResult, op: RefusedOp) -> str:
    """The op for which a reference variable is refused, which may only be read; "" for any other refusal."""
    named = VARIABLE_USED.search(refusal(result, op))
    return named.group(1) if named is not None else ""


def _is_of(op: RefusedOp, at: tuple[Span, ...]) -> bool:
    """Whether an op belongs to what stands there: made there, anywhere if that is not known, or by a loop's arrays."""
    return not at or not op.frames or op.type.startswith(ARRAYS) or stands_on(op.frames, at)


def _opaque(
    built: BuiltModel, home: Span, converter: str, confirmed: list[Suspicion], likely: list[Finding]
) -> Iterator[Finding]:
    """A refusal that names no op. Where something likely stands already, this only tells what the converter said."""
    failed = [result for result in built.results if result.outcome != "converts"]
    shown = [part for suspicion in confirmed for part in _parts(suspicion.expectation)]
    if not failed or any(result.refused for result in failed):
        return
    if any(isinstance(part, Refused | ConverterSays) for part in shown):
        return
    first = failed[0]
    words = first_line(first.words) or first.outcome
    what = f"the converter {'refuses the model' if first.outcome == 'refused' else first.outcome}: {words}"
    places = dict.fromkeys(f"{finding.code} in line {finding.span.line}" for finding in likely)
    lines = ", ".join([*places][:3])
    yield _finding(
        CONVERSION_FAILS,
        home,
        f"{what} (likely: {lines})" if likely else what,
        Severity.INFO if likely else Severity.ERROR,
        (Evidence(converter, first.profile, "convert", "", words),),
    )


def _parts(expectation: Expectation) -> Iterable[Expectation]:
    return expectation.of if isinstance(expectation, AnyOf) else (expectation,)


def _interpreter(
    built: BuiltModel, run: ModelRun, home: Span, converter: str, confirmed: list[Suspicion]
) -> Iterator[Finding]:
    elsewhere = Refused | Raises | AsCalled
    explained = any(not isinstance(s.expectation, elsewhere) and s.ceiling is Severity.ERROR for s in confirmed)
    if explained:
        return
    for way, known, stage in (
        ("fails", INTERPRETER_FAILS, "invoke"),
        ("differs", OUTPUT_DIFFERS, "compare"),
        ("constant", OUTPUT_DIFFERS, "compare"),
    ):
        found = next(
            (r for r in built.results if r.signature and r.interpreter == way and r.profile == "builtins"), None
        )
        if found is not None:
            words = first_line(found.interpreter_words) or way
            said = {
                "fails": "cannot be run",
                "differs": "answers differently",
                "constant": "gives one answer to every input",
            }
            at = (op for op in built.ops if op.name in found.interpreter_nodes and op.frames)
            yield _finding(
                known,
                next((_blame(op.frames, run) for op in at), None) or home,
                f"the converted model {said[way]}: {words}",
                Severity.ERROR,
                (Evidence(converter, found.profile, stage, "", words),),
            )


def _int8(built: BuiltModel, home: Span, converter: str) -> Iterator[Finding]:
    """Quantization that fails where the model itself converts and is right."""
    good = {one.signature for one in built.results if one.profile == "builtins" and one.interpreter == "matches"}
    says = {
        "fails": ("invoke", "cannot be run"),
        "differs": ("compare", "answers differently"),
        "constant": ("compare", "gives one answer to every input"),
    }
    for result in built.int8:
        refused = result.outcome != "converts"
        stage, what = ("convert", "does not convert") if refused else says.get(result.interpreter, ("", ""))
        if result.signature not in good or not what:
            continue
        words = first_line(result.words if refused else result.interpreter_words) or result.outcome
        yield _finding(
            INT8_FAILS,
            home,
            f"the model converts, and quantized to int8 it {what}: {words}",
            Severity.WARNING,
            (Evidence(converter, INT8, stage, "", words),),
        )


def _as_called(run: ModelRun, built: BuiltModel, converter: str, confirmed: list[Suspicion]) -> Iterator[Finding]:
    """Conversions of the program's own that fail where a plain one of the same model succeeds."""
    if not any(result.profile == "builtins" and result.interpreter == "matches" for result in built.results):
        return
    known = [suspicion.expectation for suspicion in confirmed if isinstance(suspicion.expectation, AsCalled)]
    for call in run.calls:
        places = [frame for frame in (call.made, call.converted) if frame is not None]
        result = call.result
        if result is None or not places or any(stands_on(places, one.at) for one in known if one.says):
            continue
        refused = result.outcome != "converts"
        if refused or result.interpreter == "fails":
            words = first_line(result.words if refused else result.interpreter_words) or result.outcome
            yield _finding(
                OWN_CONVERSION_FAILS,
                _span(places[-1]),
                f"{call.how} fails as it is called here, and the model itself converts: {words}",
                Severity.ERROR,
                (Evidence(converter, AS_CALLED, "convert" if refused else "invoke", "", words),),
            )


def _graph(
    built: BuiltModel, run: ModelRun, home: Span, converter: str, confirmed: list[Suspicion]
) -> Iterator[Finding]:
    known = [s.expectation.at for s in confirmed if isinstance(s.expectation, InExportedSlice | BatchNormTrains)]
    seen: set[tuple[Explained, Span]] = set()
    for op in built.ops:
        which = RANDOM_SEEN if op.type in RANDOM else BATCH_STATISTICS_SEEN if op.trains else None
        traced = bool(op.frames) or run.found_by == SAVED_MODEL
        if which is None or not op.live or not traced or any(stands_on(op.frames, at) for at in known):
            continue
        span = _span(op.frames[-1]) if op.frames else home
        if (which, span) not in seen:
            seen.add((which, span))
            what = "a random op" if which is RANDOM_SEEN else "batch statistics"
            where = "made here is part" if op.frames else "is part"
            yield _finding(
                which,
                span,
                f"{what} ({op.type}) {where} of the exported graph: its answers are not what you trained",
                Severity.ERROR,
                (Evidence(converter, "", "export", op.type, op.name),),
            )


MORE_UNUSED = "inputs {} of signature `{}` reach no output: they change"


def _unused(built: BuiltModel, home: Span, converter: str, confirmed: list[Suspicion]) -> Iterator[Finding]:
    known = {s.expectation.key for s in confirmed if isinstance(s.expectation, InputUnused)}
    if any(isinstance(s.expectation, AnyOf) for s in confirmed):
        return
    # With several signatures each takes every input: one that any of them uses is no mistake.
    used = {tensor.key for signature in built.signatures for tensor in signature.inputs if tensor.reaches_output}
    unused: dict[str, str] = {}
    for signature in built.signatures:
        for tensor in signature.inputs:
            if tensor.key not in used | known:
                unused.setdefault(tensor.key, signature.key)
    if unused:
        keys, name = ", ".join(f"`{key}`" for key in unused), next(iter(unused.values()))
        what = "input {} of signature `{}` reaches no output: it changes" if len(unused) == 1 else MORE_UNUSED
        yield _finding(
            INPUT_UNUSED_SEEN,
            home,
            f"the {what.format(keys, name)} no answer",
            Severity.WARNING,
            tuple(Evidence(converter, "", "export", "", f"no output depends on the value of {key}") for key in unused),
        )


def _blame(frames: Iterable[Frame], run: ModelRun) -> Span | None:
    """The innermost line of the user's that made an op; for TensorFlow's own estimators, where it was constructed."""
    own = list(frames)
    if not own:
        return _span(run.estimator) if run.estimator is not None else None
    innermost = own[-1]
    exported = run.export is not None and (innermost.path, innermost.line) == (run.export.path, run.export.line)
    if exported and run.estimator is not None and run.model_fn is None:
        return _span(run.estimator)
    return _span(innermost)


def _home(run: ModelRun) -> Span | None:
    frame = run.model_fn or run.estimator or run.export
    return _span(frame) if frame is not None else None


def _span(frame: Frame) -> Span:
    return _line(Path(frame.path), frame.line)


def _line(path: Path, line: int) -> Span:
    return Span(path, line, 1, line, 1)


def _finding(
    known: Explained, span: Span, message: str, severity: Severity, evidence: tuple[Evidence, ...], fix: str = ""
) -> Finding:
    certain, seen = Certainty.CERTAIN, Verdict.CONFIRMED
    return Finding(known.code, known.name, span, severity, certain, seen, message, evidence=evidence, fix=fix)
