"""The programs that are open or lie in the workspace, each followed anew when something that it depends on changes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from analyzer import engine
from analyzer.analysis import analyze
from analyzer.dryrun import plan
from analyzer.dryrun.protocol import Outcome
from analyzer.editing import silencing
from analyzer.findings import Finding, Verdict
from analyzer.followed import Followed
from analyzer.following import follow
from analyzer.reading.project import Built, Module, Project
from analyzer.reading.stamps import Stamp, stamp
from analyzer.reporting import models
from analyzer.reports import Report
from analyzer.settings import Settings
from lsp_server.analysis import describing
from lsp_server.analysis.baselines import Baselines
from lsp_server.analysis.carrying import Proven, with_verdicts
from lsp_server.analysis.finding import speaking
from lsp_server.analysis.folders import Folders
from lsp_server.analysis.messages import (
    Check,
    Checked,
    Describe,
    Description,
    FileReport,
    Find,
    Found,
    Kept,
    Lens,
    Plan,
    Planned,
    Ran,
    Run,
    Shown,
)
from lsp_server.wording import in_editor

Texts = Mapping[Path, str]
REPORTED = Settings(output_format="html")
"""Dry runs note what the page of the conversion report shows."""


@dataclass(frozen=True, slots=True)
class Known:
    """A program that was followed, and the unsaved texts that it was followed with."""

    followed: Followed
    texts: Texts

    def holds(self, texts: Texts, disk: Mapping[Path, Stamp]) -> bool:
        """Whether nothing that it depends on is another now; `disk` holds the files that were looked at again."""
        for path, before in self.followed.depends.items():
            if texts.get(path) != self.texts.get(path):
                return False
            if path not in texts and path in disk and disk[path].digest != before.digest:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Tried:
    """The dry run of a program: what came of it, the texts it was of, and the findings with its verdicts."""

    outcome: Outcome
    texts: Texts
    report: Report


@dataclass(slots=True)
class Programs:
    """Everything that is known, for as long as it is true."""

    texts: Texts = field(default_factory=dict)
    folders: Folders = field(default_factory=Folders)
    disk: int = -1
    _built: Built = field(default_factory=dict)
    _known: dict[Path, Known] = field(default_factory=dict)
    _failures: dict[Path, str] = field(default_factory=dict)
    _tried: dict[Path, Tried] = field(default_factory=dict)
    _baselines: Baselines = field(default_factory=Baselines)
    _good: dict[Path, Proven] = field(default_factory=dict)
    """Of each file what was found when it parsed last."""

    def check(self, asked: Check) -> Checked:
        """Analyse what has changed, and tell what is to be shown."""
        self.texts = asked.texts
        seen = self._looked_at() if asked.disk != self.disk else {}
        self.folders = self.folders.given(asked.folders, anew=asked.disk != self.disk)
        self.disk = asked.disk
        wanted = {*asked.programs, *asked.others}
        self._baselines.read(self.folders, wanted)
        self._known = {path: known for path, known in self._known.items() if path in wanted}
        stale = {path for path, known in self._known.items() if not known.holds(self.texts, seen)}
        project = Project(dict(self.texts), built=self._built)
        for path in asked.programs:
            if path in stale or path not in self._known:
                self._follow(project, path)
        left = [path for path in asked.others if path in stale or path not in self._known]
        until = time.monotonic() + asked.seconds
        while left and time.monotonic() < until:
            self._follow(project, left.pop(0))
        self._forget()
        return self._told(asked, project, len(left))

    def find(self, asked: Find) -> Found:
        """The files of the folders that may matter."""
        return Found(speaking(self.folders.given(asked.folders, anew=True), asked.folders))

    def plan(self, asked: Plan) -> Planned:
        """The dry runs of a file: its own, or those of the programs that use it."""
        analyses = [known.followed for known in self._known.values()]
        owned = plan.covered(analyses)
        using = [followed for followed in analyses if asked.path in followed.depends]
        using.sort(key=lambda followed: followed.path != asked.path)
        runnable = [followed for followed in using if plan.runs_alone(followed, owned) or self._is_told(followed)]
        if runnable and runnable[0].path == asked.path:
            runnable = runnable[:1]
        return Planned(tuple(self._run(followed) for followed in runnable), _why_not(asked.path, using, runnable))

    def _run(self, followed: Followed) -> Run:
        texts = {path: text for path in followed.depends if (text := self._text(path)) is not None}
        unsaved = {path: text for path, text in self.texts.items() if path in followed.depends}
        settings = replace(self.folders.of_file(followed.path), output_format=REPORTED.output_format)
        return Run(followed.path, plan.job(followed, settings, unsaved), texts)

    def _is_told(self, followed: Followed) -> bool:
        """Whether the configuration of a file tells models of it."""
        return bool(plan.configured(followed, self.folders.of_file(followed.path)))

    def ran(self, asked: Ran) -> Kept:
        """Remember what a dry run came to."""
        project = Project(dict(asked.texts), built=dict(self._built))
        followed = analyze(project, asked.program)
        report = self._joined([followed], {asked.program: asked.outcome}, asked.texts)
        self._tried[asked.program] = Tried(asked.outcome, asked.texts, report)
        return Kept(tuple(models.line(model, report) for model in report.models if model.built_with is not None))

    def describe(self, asked: Describe) -> Description:
        """The conversion report of a file, or of a model in it."""
        program = next((path for path in (asked.path, *self._known) if self._uses(path, asked.path)), asked.path)
        tried = self._tried.get(program)
        settings = replace(self.folders.of_file(program), dry_run=tried is not None)
        report = tried.report if tried is not None else self._report([program])
        if program in self._known:
            report = describing.of_model_at(report, self._known[program].followed, asked.path, asked.line)
        return describing.description(program, report, settings)

    def _uses(self, program: Path, file: Path) -> bool:
        known = self._known.get(program)
        return known is not None and file in known.followed.depends and (program == file or program in self._tried)

    def _looked_at(self) -> dict[Path, Stamp]:
        """What all files that anything depends on are now on disk."""
        paths = {path for known in self._known.values() for path in known.followed.depends if path not in self.texts}
        return {path: stamp(path) for path in paths}

    def _follow(self, project: Project, path: Path) -> None:
        self._known.pop(path, None)
        self._failures.pop(path, None)
        followed = follow(project, path)
        if isinstance(followed, str):
            self._failures[path] = followed
            return
        own = {other: self.texts[other] for other in followed.depends if other in self.texts}
        self._known[path] = Known(followed, own)

    def _forget(self) -> None:
        """Drop the trees and the lines that no program needs any more."""
        needed = {path for known in self._known.values() for path in known.followed.depends}
        for path in self._built.keys() - needed:
            del self._built[path]
        for path in self._good.keys() - needed:
            del self._good[path]

    def _told(self, asked: Check, project: Project, left: int) -> Checked:
        report = self._report([*asked.programs, *asked.others])
        lines = {path: tuple(text) for path, text in report.sources.items()}
        files: dict[Path, FileReport] = {}
        by_file: dict[Path, list[tuple[Finding, bool]]] = {path: [] for path in asked.programs}
        for finding in report.findings:
            by_file.setdefault(finding.span.path, []).append((finding, False))
        lenses = self._lenses(report)
        for path in dict.fromkeys((*by_file, *lenses)):
            module = project.readable(path)
            if module is None:
                continue
            lines[path] = module.parsed.source.lines
            found = self._carried(path, module, by_file.get(path, []))
            shown = tuple(
                _shown(finding, earlier, module, report)
                for finding, earlier in found
                if self.folders.of_file(path).show_refuted or finding.verdict is not Verdict.REFUTED
            )
            cells = module.notebook.places if module.notebook is not None else None
            files[path] = FileReport(shown, lenses.get(path, ()), cells)
        failures = tuple(f"{path}: {words}" for path, words in self._failures.items() if path in asked.programs)
        return Checked(files, lines, failures, self._unusable(), left)

    def _unusable(self) -> Mapping[Path, str]:
        """By folder, why its configuration or its baseline cannot be used."""
        baselines = {
            self.folders.owner(failed.path) or failed.path.parent: f"{failed.path}: {failed.message}"
            for failed in self._baselines.failures
            if failed.path is not None
        }
        return {folder: in_editor(words) for folder, words in (baselines | self.folders.unusable).items()}

    def _report(self, programs: Iterable[Path]) -> Report:
        analyses = [self._known[path].followed for path in programs if path in self._known]
        runs = {path: tried.outcome for path, tried in self._tried.items() if self._is_of_now(path, tried)}
        return self._joined(analyses, runs, self.texts)

    def _joined(self, analyses: list[Followed], runs: Mapping[Path, Outcome], texts: Texts) -> Report:
        report = engine.joined(analyses, runs, REPORTED, self.folders.of_file, texts)
        findings = tuple(replace(finding, fix=in_editor(finding.fix)) for finding in report.findings)
        errors = tuple(replace(error, message=in_editor(error.message)) for error in report.errors)
        return self._baselines.apart(replace(report, findings=findings, errors=errors), self.folders)

    def _is_of_now(self, program: Path, tried: Tried) -> bool:
        """Whether a dry run was of the texts that the program has now."""
        known = self._known.get(program)
        return known is not None and all(
            self._text(path) == tried.texts.get(path) for path in known.followed.depends.keys() & tried.texts.keys()
        )

    def _text(self, path: Path) -> str | None:
        """The text of a file that some program depends on, None for one that is no module of it."""
        if (unsaved := self.texts.get(path)) is not None:
            return unsaved
        return self._built[path][0] if path in self._built else None

    def _carried(self, path: Path, module: Module, found: list[tuple[Finding, bool]]) -> Iterator[tuple[Finding, bool]]:
        """What is shown of a file: with verdicts of before the last edits; while it does not parse, as it last did."""
        lines = module.parsed.source.lines
        if module.parsed.partial and path in self._good:
            yield from (one for one in found if one[0].code in ("TFL001", "TFL002"))
            yield from ((finding, True) for finding in self._good[path].now(lines))
            return
        told = [
            before
            for program, tried in self._tried.items()
            if path in tried.texts and not self._is_of_now(program, tried)
            for before in _of_file(tried, path).now(lines)
        ]
        carried = list(with_verdicts((finding for finding, _ in found), told))
        if not module.parsed.partial:
            self._good[path] = Proven(tuple(finding for finding, _ in carried), tuple(lines))
        yield from carried

    def _lenses(self, report: Report) -> Mapping[Path, tuple[Lens, ...]]:
        """A lens for each model_fn and each export, with what the last dry run of it came to."""
        told: dict[tuple[Path, str], str] = {}
        for tried in self._tried.values():
            told |= {name: f"{words}, before the last edits" for name, words in _told_of_models(tried.report)}
        told |= dict(_told_of_models(report))
        found: dict[Path, dict[int, Lens]] = {}
        for known in self._known.values():
            for model in known.followed.models:
                place = model.model_fn
                places = [(place.path, place.line)] if place is not None else []
                places += [(model.export.path, model.export.line)] if model.export is not None else []
                words = told.get((place.path, place.name), "") if place is not None else ""
                for path, line in places:
                    found.setdefault(path, {}).setdefault(line, Lens(path, line, words))
        return {path: tuple(lenses[line] for line in sorted(lenses)) for path, lenses in found.items()}


def _shown(finding: Finding, earlier: bool, module: Module, report: Report) -> Shown:
    behind = models.behind(finding, report) if finding.verdict is Verdict.CONFIRMED else ""
    return Shown(finding, earlier, silencing.here(module, finding), silencing.in_file(module, finding), behind)


def _told_of_models(report: Report) -> Iterator[tuple[tuple[Path, str], str]]:
    """What became of each model that was run, by its model_fn."""
    for model in report.models:
        if model.model_fn is not None and model.built_with is not None:
            yield (model.model_fn.path, model.model_fn.name), models.line(model, report).partition(": ")[2]


def _of_file(tried: Tried, path: Path) -> Proven:
    findings = tuple(finding for finding in tried.report.findings if finding.span.path == path)
    return Proven(findings, tuple(tried.report.sources.get(path, ())))


def _why_not(path: Path, using: list[Followed], runnable: list[Followed]) -> str:
    """Why no dry run is of this file."""
    if runnable:
        return ""
    own = next((followed for followed in using if followed.path == path), None)
    if own is None:
        return f"{path.name} could not be analysed"
    return plan.why_not_run(own) if own.models or not own.parses else f"{path.name} exports no Estimator"
