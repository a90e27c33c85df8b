"""What an old repository is known to have: findings kept in a file, beside which only new ones count.

A finding is known again by its rule, its file and the text of its line, so it may move, and the dry run may make of it
what it will; a line that is edited has a new one. Equal findings on equal lines are counted.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analyzer.findings import Finding, Verdict
from analyzer.reporting.fingerprint import told
from analyzer.reporting.selection import reading_order, relative
from analyzer.reporting.wording import plural
from analyzer.reports import Failure, Report
from analyzer.settings import Settings

VERSION = 1
HEAD = "tflint-baseline"
ANEW = "write it anew with --write-baseline"

Entry = tuple[str, str, str]
"""The file as seen from the baseline's folder, the rule's code, the text of the line."""


class Unusable(Exception):
    """A file that is no baseline to be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of one file, and how often each is known."""

    file: Path
    entries: Mapping[Entry, int]


def load(file: Path) -> Baseline:
    """Raises Unusable where there is none, or none that this version can read."""
    try:
        document = json.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise Unusable("no such baseline; write one with --write-baseline") from error
    except OSError as error:
        raise Unusable(f"the baseline cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise Unusable(f"the baseline is not JSON (line {error.lineno}: {error.msg}); {ANEW}") from error
    except (ValueError, RecursionError) as error:
        raise Unusable(f"the baseline is not JSON that can be read; {ANEW}") from error
    version = document.get(HEAD) if isinstance(document, dict) else None
    if not isinstance(version, int):
        raise Unusable(f"it is no baseline of tflint's; {ANEW}")
    if version != VERSION:
        raise Unusable(f"the baseline has format {version}, and this tflint reads format {VERSION}; {ANEW}")
    try:
        return Baseline(file, dict(_read(document["findings"])))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unusable(f"the baseline is damaged; {ANEW}") from error


def _read(files: Mapping[str, Any]) -> Iterable[tuple[Entry, int]]:
    for file, rules in files.items():
        for code, texts in rules.items():
            for text, count in texts.items():
                if not isinstance(count, int) or count < 1:
                    raise ValueError(count)
                yield (file, code, text), count


def load_all(files: Iterable[Path]) -> tuple[Mapping[Path, Baseline], tuple[Failure, ...]]:
    """The baselines in these files, and why others cannot be used."""
    loaded: dict[Path, Baseline] = {}
    failures: list[Failure] = []
    for file in dict.fromkeys(files):
        try:
            loaded[file] = load(file)
        except Unusable as error:
            failures.append(Failure(file, str(error)))
    return loaded, tuple(failures)


def write(report: Report, file: Path) -> Report:
    """Keeps all that was found, refuted suspicions apart, and answers with a report in which it is known.

    Nothing is written where something could not be checked: what is found there later would be new.
    """
    if report.errors:
        return _failed(report, file, "the baseline was not written, as not all could be checked")
    known = [finding for finding in report.findings if finding.verdict is not Verdict.REFUTED]
    files: dict[str, dict[str, dict[str, int]]] = {}
    for (path, code, text), count in sorted(Counter(_entry(finding, report, file) for finding in known).items()):
        files.setdefault(path, {}).setdefault(code, {})[text] = count
    try:
        file.write_text(json.dumps({HEAD: VERSION, "findings": files}, indent=2) + "\n", "utf-8", newline="\n")
    except OSError as error:
        return _failed(report, file, f"the baseline cannot be written there: {error.strerror or error}")
    rest = tuple(finding for finding in report.findings if finding.verdict is Verdict.REFUTED)
    return replace(report, findings=rest, known=tuple(known))


def _failed(report: Report, file: Path, why: str) -> Report:
    return replace(report, errors=(*report.errors, Failure(file, why)))


def apart(
    report: Report,
    files: Iterable[Path],
    baselines: Mapping[Path, Baseline],
    of_file: Callable[[Path], Settings],
) -> Report:
    """The report with known findings apart from new ones, and with the number of entries that no longer occur.

    `files`: those that were to be checked; `of_file`: the settings of a file, which name its baseline.
    """
    left = {file: Counter(baseline.entries) for file, baseline in baselines.items()}
    known: set[Finding] = set()
    # What was refuted does not count anyway, and takes no entry from an equal finding that does.
    for finding in sorted(report.findings, key=lambda found: (found.verdict is Verdict.REFUTED, reading_order(found))):
        baseline = baselines.get(of_file(finding.span.path).baseline or Path())
        if baseline is None:
            continue
        entries, entry = left[baseline.file], _entry(finding, report, baseline.file)
        if entries[entry]:
            entries[entry] -= 1
            if finding.verdict is not Verdict.REFUTED:
                known.add(finding)
    # What is not there may only not have been seen.
    checked = frozenset() if report.errors else frozenset(files)
    gone = {file: _gone(file, entries, checked, of_file) for file, entries in left.items()} if checked else {}
    return replace(
        report,
        findings=tuple(finding for finding in report.findings if finding not in known),
        known=tuple(finding for finding in report.findings if finding in known),
        gone=sum(gone.values()),
        notes=(*report.notes, *(_is_gone(file, count) for file, count in gone.items() if count)),
    )


def _is_gone(file: Path, count: int) -> str:
    occur = "occurs" if count == 1 else "occur"
    return f"{plural(count, 'entry')} of {relative(file)} no longer {occur}: {ANEW}"


def _gone(file: Path, left: Mapping[Entry, int], checked: frozenset[Path], of_file: Callable[[Path], Settings]) -> int:
    """How many of the entries left over were looked for: in a file that was checked, or that is no longer there."""
    gone = 0
    for (name, code, _), count in left.items():
        path = Path(os.path.normpath(file.resolve().parent / name))
        if count and (path in checked or not path.exists()) and of_file(path).looks_for(code, path):
            gone += count
    return gone


def _entry(finding: Finding, report: Report, file: Path) -> Entry:
    return _inside(finding.span.path, file.resolve().parent), finding.code, told(finding, report)


def _inside(path: Path, folder: Path) -> str:
    """A path as seen from a folder, with forward slashes."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()
