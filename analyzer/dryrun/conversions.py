"""Every conversion of one built model, what the interpreter makes of it, and the user's lines behind a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from analyzer.dryrun import bisection
from analyzer.dryrun.answers import InvokeAnswer, read
from analyzer.dryrun.processes import Ended
from analyzer.dryrun.protocol import AS_CALLED, INT8, BuiltModel, ConversionResult, Frame, Op, OwnConversion, RefusedOp

Stage = Callable[..., Ended]
"""Runs a stage: its name, what to tell the user, and the request's fields."""


Keep = Callable[[ConversionResult, Path], None]
"""Is given every conversion that succeeds, and its flatbuffer, which the next one overwrites."""


def _nothing(result: ConversionResult, flatbuffer: Path) -> None:
    """Keep none."""


DEFAULT = "serving_default"
STAGES = ("convert", "invoke", "compare")


@dataclass(frozen=True, slots=True)
class By:
    """A TensorFlow that converts; `foreign`: another one wrote the SavedModel."""

    version: str
    stage: Stage
    foreign: bool = False
    keep: Keep = _nothing


def convert(built: BuiltModel, saved: Path, profiles: Sequence[str], by: By, int8: bool = False) -> BuiltModel:
    """`built` with the results of its conversions by one more TensorFlow, and the stage that it did not pass."""
    results: list[ConversionResult] = []
    quantized: list[ConversionResult] = []
    unreadable = _unreadable(saved, by) if by.foreign else ""
    unnamed = _unnamed([one.key for one in built.signatures], by.version)
    for signature in [*(one.key for one in built.signatures), None]:
        if unreadable:
            results.append(ConversionResult(profiles[0], signature, "unreadable", unreadable, converter=by.version))
            continue
        if signature is None and unnamed is not None:
            results += [replace(one, signature=None) for one in results if one.signature == unnamed]
            continue
        for profile in profiles:
            result = _one(built, saved, signature, profile, by)
            results.append(result)
            if result.outcome == "converts":
                break
        if int8 and (signature is not None or not built.signatures):
            quantized.append(_one(built, saved, signature, INT8, by))
    results = _located(built, saved, results, by)
    stages = [stage for stage in (built.stopped_at, _stopped_at(results)) if stage is not None]
    return replace(
        built,
        results=(*built.results, *results),
        int8=(*built.int8, *quantized),
        stopped_at=min(stages, key=STAGES.index) if stages else None,
    )


def _located(built: BuiltModel, saved: Path, results: Sequence[ConversionResult], by: By) -> list[ConversionResult]:
    """Refusals that name no operation, with the one that the converter stops at where it could be found."""
    budget = bisection.Budget()
    known: dict[tuple[str | None, str], tuple[RefusedOp, ...]] = {}
    located: list[ConversionResult] = []
    for result in results:
        if bisection.is_opaque(result):
            signature = result.signature or _unnamed([one.key for one in built.signatures], by.version)
            place = (signature, bisection.gist(result.words))
            if place not in known and signature is not None:
                convert = partial(_part, saved, signature, result.profile, by)
                found = bisection.smallest(built, result, convert, budget)
                known[place] = (found,) if found is not None else ()
            result = replace(result, refused=known.get(place, ()))
        located.append(result)
    return located


def _part(saved: Path, signature: str, profile: str, by: By, kept: Sequence[str]) -> ConversionResult:
    """The conversion of these operations alone."""
    asked: Mapping[str, Any] = {"signature": signature, "profile": profile, "kept": list(kept)}
    what = f"looking for what TensorFlow {by.version} stops at, in {len(kept)} operations"
    ended = by.stage("convert", what, saved=str(saved), model=str(saved / "part.tflite"), **asked)
    if ended.result is None:
        return ConversionResult(profile, signature, "crashed", _crash_words(ended))
    return read(ConversionResult, ended.result)


def _unreadable(saved: Path, by: By) -> str:
    """Why this TensorFlow cannot load the SavedModel at all, "" where it can."""
    ended = by.stage("read", f"reading the export in TensorFlow {by.version}", saved=str(saved))
    return ended.words if ended.result is None else str(ended.result["words"])


def _unnamed(keys: Sequence[str], version: str) -> str | None:
    """The signature that a conversion which names none is sure to be of: converting it again would show nothing new."""
    if version.startswith("1."):
        return DEFAULT if DEFAULT in keys else None
    return keys[0] if len(keys) == 1 else None


def _one(built: BuiltModel, saved: Path, signature: str | None, profile: str, by: By, **more: str) -> ConversionResult:
    model = saved / "converted.tflite"
    asked: Mapping[str, Any] = {
        "saved": str(saved), "model": str(model), "signature": signature, "profile": profile, "kept": None, **more,
    }  # fmt: skip
    what = f"converting {signature or 'without naming a signature'} ({profile}) with TensorFlow {by.version}"
    ended = by.stage("convert", what, **asked)
    if ended.result is None:
        how = "timeout" if ended.how == "timeout" else "crashed"
        return ConversionResult(profile, signature, how, _crash_words(ended), converter=by.version)
    result = replace(read(ConversionResult, ended.result), converter=by.version)
    if result.outcome != "converts":
        return replace(result, refused=_placed(result.refused, built.ops))
    if signature is not None or profile == AS_CALLED or not built.signatures:
        by.keep(result, model)
    if not built.signatures:
        return replace(result, interpreter_words="no signature says what to feed")
    return _invoked(result, by.stage("invoke", f"running {signature or 'the default signature'}", **asked))


def as_called(call: OwnConversion, built: BuiltModel, saved: Path, pickled: str, by: By) -> OwnConversion:
    """A conversion of the program's own, done in the worker as the program asks for it."""
    keys = [signature.key for signature in built.signatures]
    asked = call.signature if call.signature in keys else None
    signature = asked or (keys[0] if len(keys) == 1 else None)
    result = _one(built, saved, signature, AS_CALLED, by, call=pickled)
    if result.quantized and result.interpreter in ("differs", "constant"):
        result = replace(result, interpreter="not run", interpreter_words="quantized: its answers were not compared")
    return replace(call, result=result)


def _crash_words(ended: Ended) -> str:
    telling = [line.strip() for line in ended.printed.splitlines() if "Check failed" in line or "F tensorflow" in line]
    return telling[-1] if telling else ended.words


def _invoked(result: ConversionResult, ended: Ended) -> ConversionResult:
    if ended.result is not None:
        answer = read(InvokeAnswer, ended.result)
        return replace(result, **{one.name: getattr(answer, one.name) for one in fields(answer)})
    # Flex kernels are allowed to be missing where a model is run; that a builtin model kills its interpreter is not.
    if result.profile == "builtins" and ended.how == "died":
        return replace(result, interpreter="fails", interpreter_words=f"the interpreter crashes: {ended.words}")
    return replace(result, interpreter="not run", interpreter_words=ended.words)


def _stopped_at(results: Sequence[ConversionResult]) -> str | None:
    """The first stage that some named signature (or, where none has a name, the model) does not pass."""
    named = [result for result in results if result.signature is not None] or list(results)
    named = [result for result in named if result.outcome != "unreadable"]
    best = {result.signature: result for result in named}
    if any(result.outcome != "converts" for result in best.values()):
        return "convert"
    ways = {result.interpreter for result in best.values()}
    if "fails" in ways:
        return "invoke"
    return "compare" if ways & {"differs", "constant", "nondeterministic"} else None


def _placed(refused: Sequence[RefusedOp], ops: Sequence[Op]) -> tuple[RefusedOp, ...]:
    """Refused ops with the user's lines, by node where the converter names it, else by type."""
    by_node: dict[str, Op] = {}
    by_type: dict[str, list[Op]] = {}
    for op in ops:
        if op.frames:
            by_node.setdefault(f"{op.within}/{op.name}" if op.within else op.name, op)
        if op.live:
            by_type.setdefault(op.type, []).append(op)
    placed: list[RefusedOp] = []
    for one in refused:
        found = _by_name(one.node, by_node, ops)
        if found is not None:
            placed.append(replace(one, frames=found.frames, type=one.type or found.type))
        else:
            placed += _by_type(one, by_type.get(one.type, []))
    return tuple(dict.fromkeys(placed))


def _by_name(node: str, by_node: Mapping[str, Op], ops: Sequence[Op]) -> Op | None:
    if not node:
        return None
    name, _, function = node.partition("@")
    if not function and name in by_node:
        return by_node[name]
    inside = [op for op in ops if op.frames and op.within]
    if function:
        return next((op for op in inside if op.name == name and function.startswith(op.within)), None)
    return next((op for op in inside if name == op.name or name.endswith("/" + op.name)), None)


def _by_type(one: RefusedOp, ops: Sequence[Op]) -> list[RefusedOp]:
    places: dict[tuple[Frame, ...], Op] = {}
    for op in ops:
        if op.frames:
            places.setdefault(op.frames, op)
    found = [replace(one, node=one.node or op.name, frames=frames) for frames, op in places.items()]
    return found or [one]
