"""Check, fix, check again, until nothing is left to fix: one edit uncovers the next, overlapping ones take turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from analyzer import fixing, saving
from analyzer.findings import Finding
from analyzer.reading.notebook import of_text, parsed_text
from analyzer.reading.source import UnreadableSource
from analyzer.reports import Failure, Report
from analyzer.settings import Settings

MOST_ROUNDS = 10
UNPARSED = "nothing was fixed in it: it does not parse"

Check = Callable[[Mapping[Path, str]], Report]
"""Checks the files, with these texts in the place of those on disk."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The report on what is left, and each changed file as it was and as it is."""

    report: Report
    changes: tuple[tuple[Path, str, str], ...]


@dataclass(slots=True)
class Round:
    """What has been done so far."""

    write: bool
    stored: dict[Path, saving.Stored] = field(default_factory=dict)
    texts: dict[Path, str] = field(default_factory=dict)
    blocked: dict[Path, Failure] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    fixed: list[Finding] = field(default_factory=list)


def settle(check: Check, settings: Settings, piped: saving.Stored | None = None) -> Settled:
    """Checks, and fixes what is found as `settings.fix` asks: saved after each round, or only kept in memory.

    `piped`: a text that stands in for a file; it is all that is fixed then, and it is not saved.
    """
    done = Round(settings.fix == "write" and piped is None)
    if piped is not None:
        done.stored[piped.path], done.texts[piped.path] = piped, piped.text
    if settings.fix == "none":
        return Settled(check(done.texts), ())
    for _ in range(MOST_ROUNDS):
        report = check({} if done.write else done.texts)
        unparsed = {finding.span.path for finding in report.findings if finding.partial}
        done.blocked |= {path: Failure(path, UNPARSED) for path in sorted(unparsed)}
        patched = [finding for finding in report.findings if fixing.wanted(finding, settings.unsafe_fixes)]
        if piped is not None:
            patched = [finding for finding in patched if fixing.paths_of(finding.patch) == (piped.path,)]
        applied = fixing.apply(patched, _texts(done, report, patched))
        done.failures += applied.failures
        if not applied.fixed:
            break
        if done.write and not _saved(done, applied.texts):
            continue
        done.texts |= applied.texts
        done.fixed += applied.fixed
    else:
        report = check({} if done.write else done.texts)
    failures = dict.fromkeys([*done.blocked.values(), *done.failures])
    report = replace(report, errors=(*report.errors, *failures), fixed=tuple(done.fixed))
    changes = ((path, done.stored[path].text, text) for path, text in sorted(done.texts.items()))
    return Settled(report, tuple(change for change in changes if change[1] != change[2]))


def _texts(done: Round, report: Report, patched: list[Finding]) -> dict[Path, str]:
    """The texts that may be changed; of the others it is noted why not."""
    texts: dict[Path, str] = {}
    for path in dict.fromkeys(path for finding in patched for path in fixing.paths_of(finding.patch)):
        if path not in done.stored and path not in done.blocked:
            _open(done, path)
        if path in done.blocked:
            continue
        text = done.texts.get(path, done.stored[path].text)
        if path in report.sources and of_text(path, text).lines != report.sources[path]:
            done.blocked[path] = Failure(path, "nothing was fixed in it: it changed while it was being checked")
        else:
            texts[path] = text
    return texts


def _open(done: Round, path: Path) -> None:
    try:
        stored = saving.read(path)
        read_only = done.write and saving.is_read_only(path)
        partial = parsed_text(path, stored.text).partial
    except (OSError, UnreadableSource) as error:
        done.blocked[path] = Failure(path, f"nothing was fixed in it: {getattr(error, 'strerror', None) or error}")
        return
    if read_only:
        done.blocked[path] = Failure(path, "nothing was fixed in it: it is read-only")
    elif partial:
        done.blocked[path] = Failure(path, UNPARSED)
    else:
        done.stored[path] = stored


def _saved(done: Round, texts: Mapping[Path, str]) -> bool:
    """Writes the files of a round; where one cannot be written all are put back, and that one is left alone."""
    written: list[Path] = []
    for path, text in texts.items():
        try:
            saving.write(done.stored[path], text)
        except (OSError, UnicodeEncodeError) as error:
            why = getattr(error, "strerror", None) or "its encoding lacks a character of the edit"
            done.blocked[path] = Failure(path, f"nothing was fixed in it: it cannot be written: {why}")
            for earlier in written:
                saving.write(done.stored[earlier], done.texts.get(earlier, done.stored[earlier].text))
            return False
        written.append(path)
    return True
