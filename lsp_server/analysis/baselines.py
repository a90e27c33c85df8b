"""The baselines that configurations name, read again when they are others on disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analyzer import baseline
from analyzer.baseline import Baseline
from analyzer.reading.stamps import modified
from analyzer.reports import Failure, Report
from lsp_server.analysis.folders import Folders


@dataclass(slots=True)
class Baselines:
    """What is known already, beside which only new findings are shown."""

    failures: tuple[Failure, ...] = ()
    """Why some cannot be used."""
    _loaded: Mapping[Path, Baseline] = field(default_factory=dict)
    _of: Mapping[Path, int] = field(default_factory=dict)
    """When each was modified, as it was read."""

    def read(self, folders: Folders, programs: Iterable[Path]) -> None:
        """Read those of these programs, as far as they are not known."""
        named = {folders.of_file(path).baseline for path in programs}
        now = {file: modified(file) for file in sorted(file for file in named if file is not None)}
        if now != self._of:
            self._of = now
            self._loaded, self.failures = baseline.load_all(now)

    def apart(self, report: Report, folders: Folders) -> Report:
        """A report with known findings apart from new ones."""
        return baseline.apart(report, report.checked, self._loaded, folders.of_file) if self._loaded else report
