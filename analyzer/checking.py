"""One `tflint check`: find, check, fix, report."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from analyzer import baseline, discovery, engine, piping, reporting, settling
from analyzer.asides import note, progress
from analyzer.configuration import Configurations
from analyzer.reports import Failure, Report
from analyzer.settings import Settings

NOT_READ = "a SavedModel is judged by converting it, which only --dry-run does"


def run(
    paths: tuple[Path, ...],
    settings: Settings,
    configurations: Configurations,
    force_exclude: bool = False,
    stdin: Path | None = None,
) -> Report:
    """Check `paths`, or what comes on standard input in the place of the file `stdin`."""
    of_file = configurations.of_file_or(settings)
    piped = piping.read(stdin, of_file, force_exclude) if stdin is not None else None
    found = discovery.find(paths, configurations.of_folder, force_exclude) if piped is None else piped.found
    named = {of_file(path).baseline for path in found.files} if settings.write_baseline is None else ()
    baselines, unusable = baseline.load_all(sorted(file for file in named if file is not None))

    def checked(texts: Mapping[Path, str]) -> Report:
        report = engine.check(found.files, settings, tell, found.walked, of_file, texts, found.saved_models)
        return baseline.apart(report, found.files, baselines, of_file) if baselines else report

    settled = settling.Settled(Report(), ())
    if baselines or not unusable:
        with progress() as tell:
            settled = settling.settle(checked, settings, piped.stored if piped is not None else None)
    unheard = [Failure(path, NOT_READ) for path in found.saved_models if not settings.dry_run]
    failures = (*found.failures, *unheard, *unusable, *settled.report.errors)
    report = replace(settled.report, errors=tuple(sorted(failures, key=_place)))
    if settings.write_baseline is not None:
        report = baseline.write(report, settings.write_baseline)
    for sentence in report.notes:
        note(sentence)
    if settings.fix == "show":
        reporting.write_diff(report, settled.changes)
        return report
    if piped is not None and settings.fix == "write":
        piped.give_back(settled.changes)
        unwritten = reporting.write(report, settings, sys.stderr)
    else:
        unwritten = reporting.write(report, settings)
    return replace(report, errors=(*report.errors, *unwritten))


def _place(failure: Failure) -> tuple[bool, str]:
    return failure.path is None, str(failure.path)


def exit_code(report: Report, settings: Settings) -> int:
    """2 where something asked for was not done, else 1 where a finding is loud enough."""
    if report.errors:
        return 2
    if settings.fix == "show":
        return int(bool(report.fixed) and not settings.exit_zero)
    loud = any(settings.counts(finding.severity) for finding in report.findings)
    return int(loud and not settings.exit_zero)
