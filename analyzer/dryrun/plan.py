"""Which programs a dry run runs, and with which statically found models to fall back on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analyzer.dryrun import client
from analyzer.dryrun.protocol import Job, Outcome
from analyzer.followed import Followed, FollowedModel
from analyzer.reading.roots import source_root
from analyzer.settings import Settings

MOST_WORKERS = 4
"""Each holds a TensorFlow, and its conversions use more than one processor."""

Places = frozenset[tuple[Path, int]]


def run(
    analyses: Sequence[Followed],
    settings: Settings,
    progress: Callable[[str], None],
    overlay: Mapping[Path, str] | None = None,
) -> Mapping[Path, Outcome]:
    """The outcome of every program that makes models of its own, by its path; `overlay`: texts to run for files."""
    owned = covered(analyses)
    programs = [followed for followed in analyses if runs_alone(followed, owned)]
    jobs = [_job(followed, overlay or {}) for followed in programs]
    most = min(settings.jobs, MOST_WORKERS)
    outcomes: dict[Path, Outcome] = {}
    for number, (followed, outcome) in enumerate(
        zip(programs, client.run_many(jobs, settings.python, progress, most, settings.sandbox), strict=True), 1
    ):
        progress(f"dry run {number} of {len(jobs)}: {followed.path.name}")
        outcomes[followed.path] = outcome
    return outcomes


def covered(analyses: Sequence[Followed]) -> Places:
    """The model_fns that some program gives to an estimator, and its export calls: they need no run of their own."""
    models = [model for followed in analyses for model in followed.models if model.estimator is not None]
    model_fns = {(model.model_fn.path, model.model_fn.line) for model in models if model.model_fn is not None}
    exports = {(model.export.path, model.export.line) for model in models if model.export is not None}
    return frozenset(model_fns | exports)


def is_lost(followed: Followed, owned: Places) -> bool:
    """Whether a program exports something that was not followed, in it or from another program."""
    return bool(followed.unfollowed) and not any((followed.path, line) in owned for line in followed.unfollowed)


def is_covered(model: FollowedModel, owned: Places) -> bool:
    return (
        model.estimator is None and model.model_fn is not None and (model.model_fn.path, model.model_fn.line) in owned
    )


def runs_alone(followed: Followed, owned: Places) -> bool:
    """Whether a file is a program to run, rather than a part of another or a file that does not parse."""
    has_models = any(not is_covered(model, owned) for model in followed.models)
    return followed.parses and (has_models or is_lost(followed, owned))


def why_not_run(followed: Followed) -> str:
    """Why a program with models was not run."""
    if not followed.parses:
        return "the file does not parse, so it could not be run"
    return "its models belong to a program that is run elsewhere"


def _job(followed: Followed, overlay: Mapping[Path, str]) -> Job:
    texts = {str(path): text for path, text in overlay.items()}
    if followed.notebook is not None:
        texts[str(followed.path)] = followed.notebook.code
    points = tuple(model.entry_point for model in followed.models if model.entry_point is not None)
    return Job(
        program=str(followed.path),
        project=str(_project(followed.path)),
        entry_points=points,
        overlay=texts,
        interactive=followed.notebook is not None,
    )


def _project(path: Path) -> Path:
    """The folder whose files are the user's own: the repository, else the root of the program's packages."""
    root = source_root(path)
    for folder in (root, *root.parents):
        if any((folder / mark).exists() for mark in (".git", "pyproject.toml", "setup.py", "setup.cfg")):
            return folder if len(folder.parts) > 2 else root
    return root
