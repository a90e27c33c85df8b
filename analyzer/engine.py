"""The pipeline: text, reading, export graph, rules, suspicions; dry run, evidence; verdicts, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer import program
from analyzer.dryrun import plan, verdicts
from analyzer.exportgraph.graph import ExportGraph
from analyzer.exportgraph.predict import follow
from analyzer.findings import Failure, Finding, ModelReport, Report, Suspicion
from analyzer.reading import places
from analyzer.reading.dialect import tensorflow_import
from analyzer.reading.project import Module, Project
from analyzer.reading.source import UnreadableSource
from analyzer.rules import CHECKED
from analyzer.settings import Settings


@dataclass(frozen=True, slots=True)
class Analysis:
    """One file, read and followed."""

    module: Module
    graph: ExportGraph
    suspicions: tuple[tuple[Suspicion, ...], ...]
    """One tuple for each model of the graph."""


def check(files: Sequence[Path], settings: Settings, progress: Callable[[str], None]) -> Report:
    """Checks files; with `settings.dry_run` also builds, converts and runs the models they export."""
    project = Project()
    errors: list[Failure] = []
    analyses: list[Analysis] = []
    for number, path in enumerate(files, 1):
        progress(f"reading {path.name} ({number} of {len(files)})")
        try:
            analyses.append(analyze(project, path.resolve()))
        except (OSError, UnreadableSource) as error:
            errors.append(Failure(path, program.unreadable(error)))
    findings: list[Finding] = [finding for analysis in analyses for finding in program.findings(analysis.module)]
    models: list[ModelReport] = []
    runs = plan.run([(a.module, a.graph) for a in analyses], settings, progress) if settings.dry_run else {}
    covered = plan.covered([a.graph for a in analyses])
    for analysis in analyses:
        run = runs.get(analysis.module.path)
        why_not = plan.why_not_run(analysis.module) if settings.dry_run and run is None else ""
        start = tensorflow_import(analysis.module)
        judged = verdicts.judge(analysis.graph, analysis.suspicions, run, settings, covered, start, why_not)
        findings += (places.widened(finding, project) for finding in judged.findings)
        models += judged.models
        errors += judged.errors
    wanted = [finding for finding in findings if settings.wants(finding.code)]
    return Report(
        findings=tuple(unique(partial(wanted, project))),
        models=tuple(models),
        errors=tuple(dict.fromkeys(errors)),
        files=len(files),
        not_enforced=tuple(dict.fromkeys(limit for run in runs.values() for limit in run.not_enforced)),
        sources=_sources(project, wanted),
    )


def analyze(project: Project, path: Path) -> Analysis:
    """One file as far as it can be told without running it.

    Raises OSError or UnreadableSource where it cannot be read.
    """
    module = project.module(path)
    graph = follow(project, module) if program.may_export(project, module) else ExportGraph(path, (), ())
    suspicions = tuple(
        tuple(suspicion for rule in CHECKED for suspicion in rule.check(model)) for model in graph.models
    )
    return Analysis(module, graph, suspicions)


def unique(findings: list[Finding]) -> list[Finding]:
    """Findings in reading order; of several of one rule at one place the one with the strongest verdict."""
    best: dict[tuple[str, Path, int, int], Finding] = {}
    for finding in findings:
        key = (finding.code, finding.span.path, finding.span.line, finding.span.column)
        if key not in best or verdicts.strength(finding) > verdicts.strength(best[key]):
            best[key] = finding
    return sorted(
        best.values(), key=lambda finding: (finding.span.path, finding.span.line, finding.span.column, finding.code)
    )


def partial(findings: list[Finding], project: Project) -> list[Finding]:
    """Marks the findings of files that were read around a syntax error."""
    broken = {module.path for module in project.modules if module.parsed.partial}
    return [program.as_partial(finding) if finding.span.path in broken else finding for finding in findings]


def _sources(project: Project, findings: list[Finding]) -> Mapping[Path, tuple[str, ...]]:
    needed = {finding.span.path for finding in findings}
    return {module.path: module.parsed.source.lines for module in project.modules if module.path in needed}
