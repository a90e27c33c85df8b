"""What is kept of a file when its trees are gone: small and picklable, enough for dry runs, verdicts and a cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analyzer.dryrun.protocol import EntryPoint
from analyzer.findings import Finding, Span, Suspicion
from analyzer.reading.notebook import Notebook
from analyzer.reading.stamps import Stamp
from analyzer.reports import Place
from analyzer.suppressions import Suppression


@dataclass(frozen=True, slots=True)
class FollowedModel:
    """One pair of model_fn and receiver, and what the rules suspect of it.

    `estimator` and `export` are the calls that make and export it; `entry_point` how a dry run can build it where the
    program's own run exports nothing.
    """

    found_by: str
    model_fn: Place | None
    model_fn_span: Span | None
    estimator: Span | None
    export: Span | None
    receiver: Place | None
    limits: tuple[str, ...]
    suspicions: tuple[Suspicion, ...]
    entry_point: EntryPoint | None = None
    reads: tuple[str, ...] = ()
    """The keys of `features` that model_fn reads."""
    gone: str = ""
    """An API that it cannot do without and TensorFlow 2 no longer has."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One file as far as it can be told without running it."""

    path: Path
    findings: tuple[Finding, ...]
    """Of the program itself: whether it parses, whether it is Python 2."""
    models: tuple[FollowedModel, ...]
    limits: tuple[str, ...]
    unfollowed: tuple[int, ...]
    """Lines of the export calls of a program in which no model was found."""
    tensorflow_import: Span
    broken: frozenset[Path]
    """The files that were read around a syntax error, this one or what it imports."""
    notebook: Notebook | None
    depends: Mapping[Path, Stamp]
    """Every file and folder that was looked at for it."""
    suspicions: tuple[Suspicion, ...] = ()
    """Of conversions that belong to no model of the program."""
    conversions: int = 0
    """How many these are."""
    silenced_by: tuple[Suppression, ...] = ()
    """The comments in it, and in what it imports, that silence findings."""
    is_saved_model: bool = False

    @classmethod
    def of_saved_model(cls, folder: Path) -> Followed:
        """A SavedModel: there is nothing to follow in it, but a dry run judges it as it does a program's export."""
        start = Span(folder, 1, 1, 1, 1)
        return cls(folder, (), (), (), (), start, frozenset(), None, {}, is_saved_model=True)

    @property
    def parses(self) -> bool:
        return self.path not in self.broken
