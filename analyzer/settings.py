"""What one invocation was asked to do."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analyzer.findings import Severity, Target

Ops = Literal["builtins", "select"]
OutputFormat = Literal["text", "concise", "json", "sarif", "github", "gitlab", "junit"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Flags and defaults, joined."""

    target: Target = Target.V2_15
    """The converter that static analysis speaks of; in a dry run, the one that ran takes its place."""
    ops: Ops = "builtins"
    """Which op set the device will have."""
    dry_run: bool = False
    python: Path = Path(sys.executable)
    """The interpreter that dry runs use."""
    select: tuple[str, ...] = ()
    """Code prefixes; empty means all."""
    ignore: tuple[str, ...] = ()
    show_refuted: bool = False
    cache: bool = True
    fail_on: Severity = Severity.WARNING
    exit_zero: bool = False
    output_format: OutputFormat = "text"
    output_file: Path | None = None
    """Where the report goes instead of standard output."""
    statistics: bool = False
    """Counts by rule instead of the report."""

    def wants(self, code: str) -> bool:
        """Whether findings of `code` are asked for: the longest prefix decides, and `ignore` wins a tie."""
        chosen = max((len(prefix) for prefix in self.select if code.startswith(prefix)), default=-1)
        if not self.select:
            chosen = 0
        dropped = max((len(prefix) for prefix in self.ignore if code.startswith(prefix)), default=-1)
        return chosen > dropped
