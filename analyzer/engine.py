"""The pipeline: text, reading, export graph, rules, suspicions; dry run, evidence; verdicts, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from analyzer import cache, suppressions
from analyzer.dryrun import keeping, plan, verdicts
from analyzer.dryrun.protocol import Outcome
from analyzer.findings import Finding
from analyzer.followed import Followed
from analyzer.following import follow, follow_all
from analyzer.reading.notebook import of_text, shown
from analyzer.reading.source import UnreadableSource
from analyzer.reports import Failure, ModelReport, Report
from analyzer.settings import Settings

Progress = Callable[[str], None]


def check(
    files: Sequence[Path],
    settings: Settings,
    progress: Progress,
    walked: frozenset[str] = frozenset(),
    of_file: Callable[[Path], Settings] | None = None,
    overlay: Mapping[Path, str] | None = None,
    saved_models: Sequence[Path] = (),
) -> Report:
    """Checks files; with `settings.dry_run` also builds, converts and runs the models they export.

    `walked`: the paths of those of `files` that lay in a folder rather than being named; they are passed over where
    they cannot matter. `of_file` gives the settings of one file, where they are not the same for all. `overlay`: texts
    to read and run in the place of what is on disk, by resolved path; of a notebook its JSON. `saved_models`: folders
    that were exported before, which only a dry run can judge.
    """
    stored = [path for path in files if path.resolve() not in overlay] if overlay else files
    analyses, failures, notes = _followed(stored, settings, progress, walked)
    if overlay:
        analyses, unread = _with_texts(files, analyses, overlay)
        failures += unread
    analyses += [Followed.of_saved_model(folder) for folder in saved_models if settings.dry_run]
    runs = plan.run(analyses, settings, progress, overlay, of_file) if settings.dry_run else {}
    report = joined(analyses, runs, settings, of_file, overlay, failures)
    exported = sum(model.saved_model is not None for model in report.models)
    return replace(report, files=len(files) + exported, notes=(*notes, *report.notes))


def joined(
    analyses: Sequence[Followed],
    runs: Mapping[Path, Outcome],
    settings: Settings,
    of_file: Callable[[Path], Settings] | None = None,
    overlay: Mapping[Path, str] | None = None,
    failures: Iterable[Failure] = (),
) -> Report:
    """The report on files that were followed, `runs` holding what the dry runs of some of them came to."""
    chosen, texts = of_file or (lambda _: settings), overlay or {}
    errors = list(failures)
    covered = plan.covered(analyses)
    findings: list[Finding] = []
    models: list[ModelReport] = []
    for followed in analyses:
        run = runs.get(followed.path)
        why_not = plan.why_not_run(followed) if settings.dry_run and run is None else ""
        judged = verdicts.judge(followed, run, chosen(followed.path), covered, why_not)
        findings += [*followed.findings, *judged.findings]
        models += judged.models
        errors += judged.errors
    kept = [one for run in runs.values() for one in run.kept]
    errors += keeping.failures(kept)
    broken = frozenset[Path]().union(*(followed.broken for followed in analyses))
    wanted = [finding for finding in findings if chosen(finding.span.path).wants(finding.code, finding.span.path)]
    if runs:
        from analyzer.reading.places import widened
        from analyzer.reading.project import Project

        wanted = widened(wanted, Project(dict(texts)))
    wanted, silenced = suppressions.apply(
        wanted,
        (comment for followed in analyses for comment in followed.silenced_by),
        (followed.path for followed in analyses),
        lambda code, path: chosen(path).looks_for(code, path, ran=path in runs),
    )
    wanted = [found for found in wanted if chosen(found.span.path).wants(found.code, found.span.path)]
    return Report(
        findings=unique(replace(found, partial=True) if found.span.path in broken else found for found in wanted),
        models=tuple(models),
        errors=tuple(dict.fromkeys(errors)),
        files=len(analyses),
        conversions=sum(followed.conversions for followed in analyses),
        not_enforced=tuple(dict.fromkeys(limit for run in runs.values() for limit in run.not_enforced)),
        notes=(*plan.unheard(runs.values(), settings), *keeping.notes(kept)),
        silenced=silenced,
        kept=tuple(Path(one.path) for one in kept if not one.why_not),
        sources=_sources(_places(wanted, models if settings.output_format == "html" else ()), texts),
        checked=tuple(followed.path for followed in analyses),
        notebooks={done.path: done.notebook.places for done in analyses if done.notebook is not None},
    )


def _followed(
    files: Sequence[Path], settings: Settings, progress: Progress, walked: frozenset[str]
) -> tuple[list[Followed], list[Failure], tuple[str, ...]]:
    """Every file followed, as far as it was not before; and what is to be said of the cache."""
    if not settings.cache:
        return *follow_all(files, walked, cache.Memory(), settings.jobs, progress), ()
    notes: list[str] = []
    file = cache.place(settings.cache_dir)
    try:
        memory = cache.load(file)
    except cache.Unusable as error:
        notes.append(f"the cache {file} {error}, and is made anew")
        memory = cache.Memory()
    analyses, failures = follow_all(files, walked, memory, settings.jobs, progress)
    if memory.learned:
        try:
            cache.save(file, memory, files)
        except cache.Unusable as error:
            notes.append(f"the cache {file} {error}: the next run starts anew")
    return analyses, failures, tuple(notes)


def _with_texts(
    files: Iterable[Path], analyses: Iterable[Followed], texts: Mapping[Path, str]
) -> tuple[list[Followed], list[Failure]]:
    """Every file followed with these texts in the place of those on disk; `analyses` are of those without a text."""
    from analyzer.reading.project import Project

    project, known = Project(dict(texts)), {followed.path: followed for followed in analyses}
    found: list[Followed] = []
    failures: list[Failure] = []
    for path in (path.resolve() for path in files):
        if path in texts or (path in known and known[path].depends.keys() & texts.keys()):
            match follow(project, path):
                case str() as why:
                    failures.append(Failure(path, why))
                case followed:
                    found.append(followed)
        elif path in known:
            found.append(known[path])
    return found, failures


def unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in reading order; of several of one rule at one place the one with the strongest verdict."""
    best: dict[tuple[str, Path, int, int], Finding] = {}
    for finding in findings:
        key = (finding.code, finding.span.path, finding.span.line, finding.span.column)
        if key not in best or verdicts.strength(finding) > verdicts.strength(best[key]):
            best[key] = finding
    return tuple(
        sorted(best.values(), key=lambda found: (found.span.path, found.span.line, found.span.column, found.code))
    )


def _places(findings: Iterable[Finding], models: Iterable[ModelReport]) -> Iterator[Path]:
    """The files that a report points into."""
    for finding in findings:
        yield finding.span.path
        yield from (step.span.path for step in finding.related)
        yield from (edit.span.path for edit in finding.patch.edits) if finding.patch is not None else ()
    for model in models:
        yield from (place.path for place in (model.model_fn, model.receiver) if place is not None)
        yield from (line.path for op in model.graph.ops for line in op.lines) if model.graph is not None else ()


def _sources(paths: Iterable[Path], overlay: Mapping[Path, str]) -> Mapping[Path, tuple[str, ...]]:
    found: dict[Path, tuple[str, ...]] = {}
    for path in dict.fromkeys(paths):
        try:
            found[path] = (of_text(path, overlay[path]) if path in overlay else shown(path)).lines
        except (OSError, UnreadableSource):  # gone since it was read
            continue
    return found
