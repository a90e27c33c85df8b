"""What one invocation was asked to do, for one file."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from analyzer.findings import Severity, Target

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from analyzer.configured import ConfiguredModel

Ops = Literal["builtins", "select"]
OutputFormat = Literal["text", "concise", "json", "sarif", "github", "gitlab", "junit", "html"]
Sandbox = Literal["auto", "required", "off"]
"""Confine what is dry-run as far as can be; do not run where something cannot be enforced; do not confine."""
Profile = Literal["int8"]
Fixes = Literal["none", "write", "show"]
SEEN_IN_RUNS = ("TFL003", "TFL9")
"""Codes of what only a dry run sees."""
FAIL_ON = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class PerFile:
    """Codes that are not wanted in the files of a pattern, as Git matches one."""

    pattern: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """Flags, configuration and defaults, joined."""

    target: Target = Target.V2_15
    """The converter that static analysis speaks of; in a dry run, the one that ran takes its place."""
    ops: Ops = "builtins"
    """Which op set the device will have."""
    dry_run: bool = False
    python: Path = Path(sys.executable)
    """The interpreter that dry runs use."""
    converters: tuple[Path, ...] = ()
    """Interpreters whose TensorFlow converts, too, what that of `python` builds."""
    profiles: tuple[Profile, ...] = ()
    """Conversions that a dry run tries besides the usual ones."""
    save_tflite: Path | None = None
    """A folder that keeps the flatbuffers of a dry run."""
    counted: Target | None = None
    """Of several converters the one that findings are as severe as; None: the worst of them."""
    sandbox: Sandbox = "auto"
    select: tuple[str, ...] = ()
    """Code prefixes; empty means all."""
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[PerFile, ...] = ()
    exclude: tuple[str, ...] = ()
    """Patterns of files and folders to pass over, as Git matches them."""
    show_refuted: bool = False
    cache: bool = True
    """Whether what is found is remembered, in `cache_dir` or the user's own cache folder."""
    cache_dir: Path | None = None
    jobs: int = field(default=1, compare=False)
    """Processes that analyse files."""
    fail_on: Severity = Severity.WARNING
    exit_zero: bool = False
    output_format: OutputFormat = "text"
    output_file: Path | None = None
    """Where the report goes instead of standard output."""
    statistics: bool = False
    """Counts by rule instead of the report."""
    fix: Fixes = "none"
    """What is done with the edits that findings carry."""
    unsafe_fixes: bool = False
    baseline: Path | None = None
    """The file of what is known already, beside which only new findings count."""
    write_baseline: Path | None = None
    """Where what is found is kept as known."""
    models: tuple[ConfiguredModel, ...] = ()
    """What a dry run builds of code that is exported elsewhere."""
    configured_by: Path | None = field(default=None, compare=False)
    """The file that configured it; patterns are relative to its folder, else to the working directory."""

    def wants(self, code: str, path: Path | None = None) -> bool:
        """Whether findings of `code` are asked for: the longest prefix decides, and `ignore` wins a tie."""
        chosen = max((len(prefix) for prefix in self.select if code.startswith(prefix)), default=-1)
        if not self.select:
            chosen = 0
        dropped = max((len(prefix) for prefix in self.ignore if code.startswith(prefix)), default=-1)
        if chosen <= dropped:
            return False
        return path is None or not any(
            spec.match_file(self._inside(path)) and code.startswith(entry.codes)
            for entry, spec in zip(self.per_file_ignores, self._per_file, strict=True)
        )

    def counts(self, severity: Severity) -> bool:
        """Whether findings of this severity fail the run."""
        return severity.rank <= self.fail_on.rank

    def looks_for(self, code: str, path: Path, ran: bool = False) -> bool:
        """Whether a finding of `code` in this file could have been found at all; `ran`: it was run."""
        return self.wants(code, path) and (self.dry_run or ran or not code.startswith(SEEN_IN_RUNS))

    def excludes(self, path: Path, folder: bool = False) -> bool:
        """Whether a file or folder is to be passed over."""
        return bool(self.exclude) and self._excluded.match_file(self._inside(path) + ("/" if folder else ""))

    @cached_property
    def root(self) -> Path:
        """The folder that patterns are relative to."""
        return self.configured_by.parent.absolute() if self.configured_by else Path.cwd()

    @cached_property
    def _excluded(self) -> GitIgnoreSpec:
        return _spec(self.exclude)

    @cached_property
    def _per_file(self) -> tuple[GitIgnoreSpec, ...]:
        return tuple(_spec((entry.pattern,)) for entry in self.per_file_ignores)

    def _inside(self, path: Path) -> str:
        """A path as patterns see it: from `root` down, the whole of one that lies elsewhere."""
        return path.relative_to(self.root).as_posix() if self.root in path.parents else path.as_posix().lstrip("/")


def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)
