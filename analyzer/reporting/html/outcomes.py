"""What became of a model, for a person who looks at it for the first time: one word, then the details."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from analyzer.reporting.models import INTERPRETER, PROFILES, STOPPED, in_bytes, interpreted
from analyzer.reporting.wording import version
from analyzer.reports import Conversion, ModelReport, OpCount, Signature, TensorInfo


class Tone(Enum):
    """How a verdict on a model looks."""

    GOOD = "good"
    HALF = "half"
    BAD = "bad"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class State:
    """A model's verdict in a few words, and what may be said besides."""

    tone: Tone
    words: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One conversion in the table."""

    mended: bool
    signature: str
    profile: str
    converter: str
    tone: Tone
    outcome: str
    interpreter: str
    size: str
    seconds: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One op type of the histogram; `share` of the most frequent one, in percent."""

    type: str
    count: int
    support: str
    share: int


WORDS = {
    "refused": "refused by the converter",
    "crashed": "crashes the converter",
    "timeout": "conversion did not finish in time",
    "unreadable": "its export cannot be loaded",
}
PLAIN = ("builtins", "select", "custom")
WORST_FIRST = (Tone.BAD, Tone.HALF, Tone.OPEN, Tone.GOOD)


def state(model: ModelReport) -> State:
    """The verdict on a model as it is written; `more` says what is behind a cause that could be mended."""
    if model.stopped_at in STOPPED:
        return State(Tone.BAD, STOPPED[model.stopped_at], _behind(model))
    if model.built_with is None:
        return State(Tone.OPEN, "not run")
    named = [one for one in model.results if one.signature is not None] or list(model.results)
    by_converter: dict[str, list[Conversion]] = {}
    for one in named:
        if one.profile in PLAIN:
            by_converter.setdefault(one.converter, []).append(one)
    states = {converter: _converted(own) for converter, own in by_converter.items()}
    if not states:
        return State(Tone.OPEN, "nothing was converted")
    worst = min(states.values(), key=lambda state: WORST_FIRST.index(state.tone))
    if len({state.words for state in states.values()}) == 1:
        return worst
    told = "; ".join(f"{version(converter)}: {state.words}" for converter, state in states.items())
    return State(worst.tone, "depends on the converter", told)


def _converted(named: Sequence[Conversion]) -> State:
    """What one converter made of the signatures."""
    for profile, words, tone in (
        ("builtins", "converts", Tone.HALF),
        ("select", "converts with Select TF ops", Tone.HALF),
        ("custom", "converts with custom ops", Tone.BAD),
    ):
        tried = [one for one in named if one.profile == profile]
        if not tried or any(one.outcome != "converts" for one in tried):
            continue
        ways = {one.interpreter for one in tried}
        if ways == {"matches"} and profile == "builtins":
            return State(Tone.GOOD, "converts, and computes what TensorFlow computes")
        wrong = sorted(ways - {"matches", "not run"})
        if wrong:
            return State(Tone.BAD, f"{words}, but " + " and ".join(INTERPRETER[way] for way in wrong))
        return State(tone, words, INTERPRETER["not run"] if "not run" in ways else "")
    last = next(one for one in reversed(named) if one.outcome != "converts")
    tone = Tone.OPEN if last.outcome == "unreadable" else Tone.BAD
    return State(tone, WORDS.get(last.outcome, last.outcome))


def _behind(model: ModelReport) -> str:
    if model.mended is None:
        return ""
    if model.mended.stopped_at in STOPPED:
        return f"with its cause mended, {STOPPED[model.mended.stopped_at]} for another one"
    after = [one for one in model.mended.results if one.signature is not None] or list(model.mended.results)
    converting = [one for one in after if one.outcome == "converts"]
    if not converting:
        return "with its cause mended it does not convert either" if after else ""
    profile = PROFILES.get(converting[0].profile, converting[0].profile)
    return f"with its cause mended it converts with {profile}"


def rows(model: ModelReport) -> Iterator[Row]:
    """The conversions, those with causes mended last."""
    yield from (_row(one, False) for one in _telling(model.results))
    if model.mended is not None:
        yield from (_row(one, True) for one in _telling(model.mended.results))


def _telling(results: Sequence[Conversion]) -> Iterator[Conversion]:
    """Without those that named no signature, where they fared as those that did."""
    named = {replace(one, seconds=0.0) for one in results if one.signature is not None}
    for one in results:
        as_named = {replace(one, seconds=0.0, signature=other.signature) for other in named}
        if one.signature is not None or not as_named & named:
            yield one


def _row(one: Conversion, mended: bool) -> Row:
    converts = one.outcome == "converts"
    good = converts and one.interpreter == "matches"
    wrong = not converts or one.interpreter in ("differs", "constant", "nondeterministic", "fails")
    return Row(
        mended=mended,
        signature=one.signature or "none named",
        profile=PROFILES.get(one.profile, one.profile),
        converter=version(one.converter),
        tone=Tone.BAD if wrong else Tone.GOOD if good else Tone.HALF,
        outcome="converts" if converts else WORDS.get(one.outcome, one.outcome),
        interpreter=interpreted(one) if converts else "",
        size=in_bytes(one.size_bytes) if one.size_bytes is not None else "",
        seconds=f"{one.seconds:.1f} s",
        words=one.words,
    )


def bars(model: ModelReport) -> tuple[Bar, ...]:
    """The op types of the exported graph that mean work on the device, the most frequent first."""
    ops = sorted((op for op in _ops(model) if op.support != "folded"), key=lambda op: (-op.count, op.type))
    most = ops[0].count if ops else 1
    return tuple(Bar(op.type, op.count, op.support, max(2, round(100 * op.count / most))) for op in ops)


def _ops(model: ModelReport) -> tuple[OpCount, ...]:
    results = [*model.results, *(model.mended.results if model.mended is not None else ())]
    return results[0].ops if results else ()


def spelled(signature: Signature) -> tuple[str, str]:
    """What a signature takes and what it gives: `days: float32 ? × 4`."""
    return ", ".join(map(_tensor, signature.inputs)), ", ".join(map(_tensor, signature.outputs))


def _tensor(tensor: TensorInfo) -> str:
    if tensor.shape is None:
        return f"{tensor.name}: {tensor.dtype} of unknown shape"
    sizes = " × ".join("?" if size is None else str(size) for size in tensor.shape)
    return f"{tensor.name}: {tensor.dtype} {sizes}".rstrip()
