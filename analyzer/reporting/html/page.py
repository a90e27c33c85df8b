"""What the template is given: files with their findings, models with their outcomes, and the graphs as data."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer import fixing
from analyzer.exported import Support
from analyzer.findings import Finding, Related, Span, Verdict
from analyzer.reporting import notes
from analyzer.reporting.html import outcomes
from analyzer.reporting.html.drawings import by_line, drawings
from analyzer.reporting.html.source import Stretch, loudest, seen, stretches
from analyzer.reporting.location import locate
from analyzer.reporting.models import Need, behind, needs, title
from analyzer.reporting.selection import relative, shown
from analyzer.reporting.wording import closing, passes, plural, version
from analyzer.reports import ModelReport, Report
from analyzer.settings import Settings


@dataclass(frozen=True, slots=True)
class Chip:
    """What a line puts into the exported graph."""

    words: str
    support: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of the page; `chips` by line."""

    id: str
    name: str
    uri: str
    stretches: tuple[Stretch, ...]
    findings: tuple[Finding, ...]
    chips: Mapping[int, Chip]

    @property
    def counts(self) -> Counter[str]:
        return Counter(found.severity.value for found in self.findings)

    @property
    def loudest(self) -> str:
        worst = loudest(self.findings)
        return worst.value if worst else ""


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the page."""

    id: str
    title: str
    place: str
    """The id of the line where its model_fn stands."""
    report: ModelReport
    state: outcomes.State
    rows: tuple[outcomes.Row, ...]
    bars: tuple[outcomes.Bar, ...]
    needs: tuple[Need, ...]
    levels: list[dict[str, Any]]

    @property
    def mends(self) -> tuple[str, ...]:
        return self.report.mended.mends if self.report.mended is not None else ()

    @property
    def signatures(self) -> list[tuple[str, str, str]]:
        return [(signature.name, *outcomes.spelled(signature)) for signature in self.report.signatures]


@dataclass(frozen=True, slots=True)
class Step:
    """A place that explains a finding, and its id in the page, "" where it is not in it."""

    words: str
    where: str
    anchor: str


class Page:
    """One report, as a page."""

    def __init__(self, report: Report, settings: Settings, said: Callable[[str], str] = str) -> None:
        self.report = report
        self.settings = settings
        self._said = said
        self.findings = shown(report, settings)
        paths = sorted(report.sources, key=relative)
        self._ids = {path: f"f{number}" for number, path in enumerate(paths)}
        graphs = [model.graph for model in report.models if model.graph is not None]
        self._ops = by_line(graphs, self.anchor)
        self.files = tuple(self._file(path) for path in paths)
        self.models = tuple(self._model(number, model) for number, model in enumerate(report.models))

    def anchor(self, span: Span) -> str:
        """The id of a line in the page, "" where it is not in it."""
        lines = self.report.sources.get(span.path, ())
        return f"{self._ids[span.path]}-{span.line}" if 1 <= span.line <= len(lines) else ""

    @property
    def title(self) -> str:
        names = [file.name for file in self.files]
        return names[0] if len(names) == 1 else plural(self.report.files, "file")

    @property
    def closing(self) -> str:
        return self._said(closing(self.report, self.settings))

    @property
    def headline(self) -> str:
        """The one thing to take away."""
        models = self.report.models
        if not models:
            return "No model was found" if self.report.files else "Nothing was checked"
        if not self.settings.dry_run:
            return f"{plural(len(models), 'model')} read, none of them run"
        good = sum(passes(model) for model in models)
        if len(models) == 1:
            words = outcomes.state(models[0]).words
            return words[0].upper() + words[1:]
        return f"{good or 'None'} of {len(models)} models can be shown to work as TensorFlow Lite"

    @property
    def converters(self) -> tuple[str, ...]:
        told = [model.built_with for model in self.report.models if model.built_with is not None]
        return tuple(dict.fromkeys(map(version, told)))

    @property
    def elsewhere(self) -> tuple[Finding, ...]:
        """Findings in files whose text is not at hand."""
        return tuple(found for found in self.findings if found.span.path not in self._ids)

    @property
    def quiet(self) -> int:
        """Files that were read and have no place in the page."""
        return sum(path not in self._ids for path in self.report.checked)

    @property
    def data(self) -> list[dict[str, Any]]:
        """The graphs, for the script."""
        return [{"model": model.id, "levels": model.levels} for model in self.models if model.levels]

    @property
    def supports(self) -> list[str]:
        """What the legend explains."""
        met = {op.support for model in self.report.models if model.graph is not None for op in model.graph.ops}
        return [support.value for support in Support if support in met]

    @property
    def has_made_up_weights(self) -> bool:
        return any(model.saved_model is None for model in self.report.models)

    def rulings(self, finding: Finding) -> list[tuple[str, str, str]]:
        """What each of several converters made of it."""
        return [(version(one.converter), one.verdict.value, version(one.reason)) for one in finding.rulings]

    def where(self, finding: Finding) -> str:
        return str(locate(finding.span, self.report))

    def verdict(self, finding: Finding) -> str:
        return notes.verdict(finding)

    def tone(self, finding: Finding) -> str:
        return {Verdict.CONFIRMED: "sure", Verdict.REFUTED: "refuted"}.get(finding.verdict, "open")

    def evidence(self, finding: Finding) -> tuple[str, ...]:
        return tuple(dict.fromkeys(notes.told(item) for item in finding.evidence if item.words or item.op))

    def remarks(self, finding: Finding) -> tuple[Step, ...]:
        """Other places that explain it."""
        return tuple(self._step(step, finding) for step in finding.related if not notes.A_NAME.match(step.message))

    def way(self, finding: Finding) -> tuple[Step, ...]:
        """How execution gets there."""
        return tuple(self._step(step, finding) for step in finding.related if notes.A_NAME.match(step.message))

    def offer(self, finding: Finding) -> str:
        return self._said(notes.offer(finding).strip(" []"))

    def behind(self, finding: Finding) -> str:
        return behind(finding, self.report) if finding.verdict is Verdict.CONFIRMED else ""

    def diff(self, finding: Finding) -> list[tuple[str, str]]:
        """The lines that its patch takes out and puts in: ("-", line), ("+", line)."""
        found: list[tuple[str, str]] = []
        for path in fixing.paths_of(finding.patch):
            before = self.report.sources.get(path, ())
            edits = [edit for edit in finding.patch.edits if edit.span.path == path] if finding.patch else []
            after = fixing.edited("\n".join(before), edits)
            if after is not None:
                found += _changes(before, after.split("\n"))
        return found

    def _step(self, step: Related, finding: Finding) -> Step:
        place = locate(step.span, self.report)
        where = place.within if step.span.path == finding.span.path else place.of_line
        return Step(step.message, where, self.anchor(step.span))

    def _file(self, path: Path) -> File:
        lines = self.report.sources[path]
        found = tuple(finding for finding in self.findings if finding.span.path == path)
        chips = {
            number: Chip(plural(count, "op") if count else "no output needs it", support.value)
            for number in range(1, len(lines) + 1)
            if (told := self._ops.get(f"{self._ids[path]}-{number}"))
            for count, support in [told]
        }
        telling = [*chips, *self._places(path)]
        cells = self.report.notebooks.get(path)
        shown_as = stretches(lines, found, telling, cells)
        return File(self._ids[path], relative(path), path.as_uri(), shown_as, found, chips)

    def _places(self, path: Path) -> Iterator[int]:
        for model in self.report.models:
            for place in (model.model_fn, model.receiver):
                if place is not None and place.path == path:
                    yield place.line

    def _model(self, number: int, model: ModelReport) -> Model:
        place = model.model_fn or model.receiver
        anchor = self.anchor(Span(place.path, place.line, 1, place.line, 1)) if place is not None else ""
        levels = drawings(model.graph, self.anchor) if model.graph is not None else []
        return Model(
            f"m{number}", title(model, self.report), anchor, model, outcomes.state(model),
            tuple(outcomes.rows(model)), outcomes.bars(model), tuple(needs(model)), levels,
        )  # fmt: skip


def _changes(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    told = difflib.unified_diff(before, after, lineterm="", n=0)
    return [(line[0], seen(line[1:])) for line in told if line[0] in "+-" and not line.startswith(("+++", "---"))]
