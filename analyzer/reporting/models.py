"""What became of each model, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.findings import Finding, Span
from analyzer.reporting.location import locate_line
from analyzer.reporting.selection import relative
from analyzer.reporting.wording import DOT, plural, version
from analyzer.reports import Conversion, ModelReport, Report
from analyzer.runtime import Kind, Operator, union

PROFILES = {"builtins": "builtins", "select": "Select TF ops", "custom": "custom ops", "int8": "int8"}
A_PLACE = re.compile(r"\((?P<file>[^()]+):(?P<line>\d+)\)$")
STOPPED = {"import": "the program stops before it exports", "export": "export fails"}
INTERPRETER = {
    "matches": "outputs match TensorFlow",
    "differs": "outputs differ from TensorFlow's",
    "constant": "an output does not depend on the input",
    "nondeterministic": "two runs on one input differ",
    "fails": "the interpreter fails on it",
    "not run": "not run in the interpreter",
}


def interpreted(result: Conversion) -> str:
    """What the interpreter made of a conversion."""
    if result.profile == "int8" and result.interpreter == "matches":
        return "outputs within a tenth of TensorFlow's"
    return INTERPRETER.get(result.interpreter, result.interpreter)


def line(model: ModelReport, report: Report) -> str:
    """`model_fn (line 18): export fails · mended: builtins converts, outputs match TensorFlow · 0.9 s`.

    Where several converters ran, what each made of it stands in `table`.
    """
    parts = []
    several = len(_converters(model)) > 1
    if model.stopped_at in STOPPED:
        parts.append(STOPPED[model.stopped_at])
    parts.extend(() if several else _results(model.results))
    if model.mended is not None:
        mended = [STOPPED[model.mended.stopped_at]] if model.mended.stopped_at in STOPPED else []
        mended.extend(["see below"] if several else _results(model.mended.results))
        parts.append("mended: " + "; ".join(mended or ["nothing was converted"]))
    if not parts and not several:
        parts.append("not run" if model.built_with is None else "nothing was converted")
    if model.presented_as_v1 and model.built_with:
        parts.append(f"run as TensorFlow 1.x on {version(model.built_with).split()[-1]}")
    if model.seconds is not None:
        parts.append(f"{model.seconds:.1f} s")
    return f"{title(model, report)}: {DOT.join(parts)}"


def table(model: ModelReport) -> Iterator[str]:
    """A row for each of several converters: `TensorFlow 1.15.5  builtins refused (Erf) · Select TF ops ...`."""
    converters = _converters(model)
    if len(converters) < 2:
        return
    width = max(map(len, converters))
    for converter in converters:
        own = [result for result in _of_conversions(model) if result.converter == converter]
        yield f"{version(converter):<{width}}  {DOT.join(_results(own))}"


@dataclass(frozen=True, slots=True)
class Need:
    """What a runtime must bring to run a model that was converted with a profile, and how large the file is."""

    profile: str
    size: str
    operators: tuple[Operator, ...]

    def __str__(self) -> str:
        """`builtins, 6.1 kB: ADD v1, FULLY_CONNECTED v4 × 2 · the Flex delegate for DecodeJpeg`."""
        own = ", ".join(_counted(one) for one in self.operators if one.kind is not Kind.SELECT)
        flex = ", ".join(_counted(one) for one in self.operators if one.kind is Kind.SELECT)
        return f"{self.profile}, {self.size}: {DOT.join(filter(None, [own, flex and f'the Flex delegate for {flex}']))}"


def needs(model: ModelReport) -> Iterator[Need]:
    """One for each profile that converts, by the TensorFlow that built the model; what any of its signatures needs."""
    converting = [one for one in _of_conversions(model) if one.outcome == "converts" and one.operators]
    own = [one for one in converting if one.converter == model.built_with]
    for profile in dict.fromkeys(one.profile for one in own):
        results = [one for one in own if one.profile == profile]
        sizes = dict.fromkeys(in_bytes(one.size_bytes) for one in results if one.size_bytes is not None)
        yield Need(PROFILES.get(profile, profile), " or ".join(sizes), union(one.operators for one in results))


def _counted(operator: Operator) -> str:
    return operator.spelled + (f" × {operator.count}" if operator.count > 1 else "")


def _converters(model: ModelReport) -> list[str]:
    """The converters that ran, the TensorFlow that built the model first."""
    return list(dict.fromkeys(result.converter for result in _of_conversions(model)))


def _of_conversions(model: ModelReport) -> Sequence[Conversion]:
    """As written, else mended: only one of the two gets as far as a converter."""
    return model.results or (model.mended.results if model.mended is not None else ())


def behind(finding: Finding, report: Report) -> str:
    """What lies behind `finding` once its cause, and those before it, are mended; "" where nothing was mended there."""
    for model in report.models:
        mended = model.mended
        if mended is None or not any(_stands_at(mend, finding.span) for mend in mended.mends):
            continue
        what = "with this mended"
        if len(mended.mends) > 1:
            what += f", and {_others(mended.mends, finding.span, report)},"
        if mended.stopped_at in STOPPED:
            return f"{what.rstrip(',')}, {STOPPED[mended.stopped_at]} for another cause"
        named = [result for result in mended.results if result.signature is not None] or list(mended.results)
        return f"{what} {_outlooks(named)}"
    return ""


def _outlooks(results: Sequence[Conversion]) -> str:
    """What each converter makes of the mended model."""
    by_converter: dict[str, list[Conversion]] = {}
    for result in results:
        by_converter.setdefault(result.converter, []).append(result)
    if len(by_converter) < 2:
        return _outlook(results)
    return "; ".join(f"{_outlook(own)} by {version(converter)}" for converter, own in by_converter.items())


def _stands_at(mend: str, span: Span) -> bool:
    """Whether the place that ends the text of a mend, `(pkg/model.py:19)`, lies in `span`.

    Its path is relative to the project, which need not be the working directory.
    """
    place = A_PLACE.search(mend)
    if place is None or not span.line <= int(place["line"]) <= span.end_line:
        return False
    return span.path.as_posix().endswith(f"/{place['file']}")


def _others(mends: Sequence[str], span: Span, report: Report) -> str:
    return " and ".join(_by_cell(mend, report) for mend in mends if not _stands_at(mend, span))


def _by_cell(mend: str, report: Report) -> str:
    """The text of a mend with a place in a notebook by its cell, `(trial.ipynb:cell 3:2)`."""
    place = A_PLACE.search(mend)
    if place is None:
        return mend
    for path in report.notebooks:
        if path.as_posix().endswith(f"/{place['file']}"):
            cell, line = report.notebooks[path].locate(int(place["line"]))
            return f"{mend[: place.start()]}({place['file']}:cell {cell}:{line})"
    return mend


def _outlook(results: Sequence[Conversion]) -> str:
    for profile, label in (("builtins", "builtins only"), ("select", "Select TF ops"), ("custom", "custom ops")):
        of_profile = [result for result in results if result.profile == profile]
        if of_profile and all(result.outcome == "converts" for result in of_profile):
            words = f"the model converts with {label}{_size(of_profile)}"
            wrong = sorted({r.interpreter for r in of_profile} - {"matches", "not run"})
            return words + "".join(f", but {INTERPRETER[way]}" for way in wrong)
    return "the model does not convert either" if results else "nothing was converted"


def _size(results: Sequence[Conversion]) -> str:
    if len(results) != 1 or results[0].size_bytes is None:
        return ""
    ops = sum(op.count for op in results[0].ops if op.support != "folded")
    return f" ({in_bytes(results[0].size_bytes)}, {plural(ops, 'op')})"


def in_bytes(count: int) -> str:
    """`2.2 kB`."""
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def title(model: ModelReport, report: Report) -> str:
    """`model_fn (line 18)`."""
    if model.saved_model is not None:
        return f"SavedModel ({relative(model.saved_model)})"
    place = model.model_fn or model.receiver
    if place is None:
        return "model"
    name = place.name if model.model_fn else f"TensorFlow's own model_fn, served by {place.name}"
    where = locate_line(place.path, place.line, report)
    return f"{name} ({where.within if report.files == 1 else where.of_line})"


def _results(results: Sequence[Conversion]) -> Iterator[str]:
    """A phrase for each profile of one converter; signatures are told apart only where they fared differently."""
    tries: dict[str, dict[str, list[str]]] = {}
    for result in results:
        phrases = tries.setdefault(
            "" if result.outcome == "unreadable" else PROFILES.get(result.profile, result.profile), {}
        )
        phrases.setdefault(_phrase(result), []).append(result.signature or "no signature named")
    for label, phrases in tries.items():
        if len(phrases) == 1:
            yield f"{label} {next(iter(phrases))}".lstrip()
        else:
            yield f"{label}: " + "; ".join(f"{', '.join(names)} {phrase}" for phrase, names in phrases.items())


def _phrase(result: Conversion) -> str:
    match result.outcome:
        case "converts":
            return f"converts, {interpreted(result)}"
        case "refused":
            refused = [op.type for op in result.ops if op.support in _REFUSED_BY.get(result.profile, ())]
            return "refused" + (f" ({', '.join(dict.fromkeys(refused))})" if refused else "")
        case "crashed":
            return "crashes the converter"
        case "timeout":
            return "did not finish in time"
        case "unreadable":
            return "not tried, it cannot load what was exported"
        case other:
            return other


_REFUSED_BY = {"builtins": ("select", "custom"), "select": ("custom",)}
