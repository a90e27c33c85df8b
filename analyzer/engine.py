"""The pipeline: text, reading, export graph, rules, suspicions; dry run, evidence; verdicts, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analyzer import program
from analyzer.dryrun import plan, verdicts
from analyzer.exportgraph.graph import ExportGraph, Model
from analyzer.exportgraph.predict import follow
from analyzer.findings import Failure, Finding, ModelReport, Report
from analyzer.followed import Followed, FollowedModel
from analyzer.reading import places
from analyzer.reading.dialect import tensorflow_import
from analyzer.reading.project import Project
from analyzer.reading.source import UnreadableSource
from analyzer.rules import CHECKED
from analyzer.settings import Settings


def check(files: Sequence[Path], settings: Settings, progress: Callable[[str], None]) -> Report:
    """Checks files; with `settings.dry_run` also builds, converts and runs the models they export."""
    project = Project()
    errors: list[Failure] = []
    analyses: list[Followed] = []
    for number, path in enumerate(files, 1):
        progress(f"reading {path.name} ({number} of {len(files)})")
        try:
            analyses.append(analyze(project, path.resolve()))
        except (OSError, UnreadableSource) as error:
            errors.append(Failure(path, program.unreadable(error)))
    findings: list[Finding] = []
    models: list[ModelReport] = []
    runs = plan.run(analyses, settings, progress) if settings.dry_run else {}
    covered = plan.covered(analyses)
    for followed in analyses:
        run = runs.get(followed.path)
        why_not = plan.why_not_run(followed) if settings.dry_run and run is None else ""
        judged = verdicts.judge(followed, run, settings, covered, why_not)
        findings += [*followed.findings, *judged.findings]
        models += judged.models
        errors += judged.errors
    broken = frozenset[Path]().union(*(followed.broken for followed in analyses))
    wanted = [places.widened(finding, project) for finding in findings if settings.wants(finding.code)]
    return Report(
        findings=tuple(unique([program.as_partial(f) if f.span.path in broken else f for f in wanted])),
        models=tuple(models),
        errors=tuple(dict.fromkeys(errors)),
        files=len(files),
        not_enforced=tuple(dict.fromkeys(limit for run in runs.values() for limit in run.not_enforced)),
        sources=_sources(project, wanted),
        checked=tuple(followed.path for followed in analyses),
    )


def analyze(project: Project, path: Path) -> Followed:
    """One file as far as it can be told without running it.

    Raises OSError or UnreadableSource where it cannot be read.
    """
    with project.watching() as looked_at:
        module, graph = project.module(path), export_graph(project, path)
    return Followed(
        path=path,
        findings=tuple(program.findings(module)),
        models=tuple(_followed(model) for model in graph.models),
        limits=graph.limits,
        unfollowed=graph.unfollowed,
        tensorflow_import=tensorflow_import(module),
        broken=project.broken(looked_at),
        depends=project.digests(looked_at),
    )


def export_graph(project: Project, path: Path) -> ExportGraph:
    """What one file exports. Raises OSError or UnreadableSource where it cannot be read."""
    module = project.module(path)
    return follow(project, module) if program.may_export(project, module) else ExportGraph(path, (), ())


def _followed(model: Model) -> FollowedModel:
    return FollowedModel(
        found_by=model.found_by,
        model_fn=model.model_fn,
        model_fn_span=model.model_fn_span,
        estimator=model.estimator.span if model.estimator is not None else None,
        export=model.export.span if model.export is not None else None,
        receiver=model.receiver.place if model.receiver is not None else None,
        limits=model.limits,
        suspicions=tuple(suspicion for rule in CHECKED for suspicion in rule.check(model)),
        entry_point=plan.entry_point(model),
    )


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


def _sources(project: Project, findings: list[Finding]) -> Mapping[Path, tuple[str, ...]]:
    needed = {finding.span.path: None for finding in findings}
    found = ((path, project.readable(path)) for path in needed)
    return {path: module.parsed.source.lines for path, module in found if module is not None}
