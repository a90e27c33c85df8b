"""Which programs a dry run runs, and with which statically found models to fall back on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from analyzer import cache
from analyzer.dryrun.protocol import EntryPoint, Job, Outcome
from analyzer.findings import Target
from analyzer.followed import Followed, FollowedModel
from analyzer.reading.roots import import_roots, source_root
from analyzer.settings import Settings

MOST_WORKERS = 4
"""Each holds a TensorFlow, and its conversions use more than one processor."""

Places = frozenset[tuple[Path, int]]
NOWHERE: Places = frozenset()


def run(
    analyses: Sequence[Followed],
    settings: Settings,
    progress: Callable[[str], None],
    overlay: Mapping[Path, str] | None = None,
    of_file: Callable[[Path], Settings] | None = None,
) -> Mapping[Path, Outcome]:
    """The outcome of every program that makes models of its own, or of which configuration tells some, by its path.

    `overlay`: texts to run for files. `of_file`: the settings of one file.
    """
    from analyzer.dryrun import client

    owned = covered(analyses)
    chosen = of_file or (lambda _: settings)
    programs = [one for one in analyses if runs_alone(one, owned) or configured(one, chosen(one.path), owned)]
    jobs = [
        job(followed, replace(chosen(followed.path), output_format=settings.output_format), overlay or {}, owned)
        for followed in programs
    ]
    most = min(settings.jobs, MOST_WORKERS)
    outcomes: dict[Path, Outcome] = {}
    remembered = cache.folder(settings.cache_dir) / "dry-runs" if settings.cache else None
    done = client.run_many(jobs, settings.python, progress, settings.converters, most, settings.sandbox, remembered)
    for number, (followed, outcome) in enumerate(zip(programs, done, strict=True), 1):
        progress(f"dry run {number} of {len(jobs)}: {followed.path.name}")
        outcomes[followed.path] = outcome
    return outcomes


def unheard(outcomes: Iterable[Outcome], settings: Settings) -> Iterator[str]:
    """What is to be said of a target that no converter of these runs speaks for."""
    ran = dict.fromkeys(version for outcome in outcomes for version in outcome.versions)
    if settings.counted is not None and ran and settings.counted not in map(Target.nearest, ran):
        yield f"no converter is TensorFlow {settings.counted.value}, which --target names: the verdicts of all count"


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
    return followed.is_saved_model or (followed.parses and (has_models or is_lost(followed, owned)))


def why_not_run(followed: Followed) -> str:
    """Why a program with models was not run."""
    if not followed.parses:
        return "the file does not parse, so it could not be run"
    return "its models belong to a program that is run elsewhere"


def configured(followed: Followed, settings: Settings, owned: Places = NOWHERE) -> tuple[EntryPoint, ...]:
    """The models that configuration tells of a program: of its file, and of those that its models are written in."""
    made = [model.entry_point for model in followed.models if model.estimator is not None]
    files = {Path(point.module_path) for point in made if point is not None}
    if not followed.models or not all(is_covered(model, owned) for model in followed.models):
        files.add(followed.path.resolve())
    points = (model.entry_point(settings.root) for model in settings.models)
    return tuple(point for point in points if Path(point.module_path) in files)


def job(followed: Followed, settings: Settings, overlay: Mapping[Path, str], owned: Places = NOWHERE) -> Job:
    """The dry run of a program; `overlay`: texts to run for files."""
    texts = {str(path): text for path, text in overlay.items()}
    if followed.notebook is not None:
        texts[str(followed.path)] = followed.notebook.code
    points = tuple(model.entry_point for model in followed.models if model.entry_point is not None)
    project = followed.path.parent if followed.is_saved_model else _project(followed.path)
    return Job(
        program=str(followed.path),
        project=str(project),
        entry_points=(*configured(followed, settings, owned), *points),
        roots=tuple(map(str, import_roots(followed.path)[0])),
        overlay=texts,
        interactive=followed.notebook is not None,
        int8="int8" in settings.profiles,
        is_saved_model=followed.is_saved_model,
        drawn=settings.output_format == "html",
        save_to=str(settings.save_tflite or ""),
    )


def _project(path: Path) -> Path:
    """The folder whose files are the user's own: the repository, else the root of the program's packages."""
    root = source_root(path)
    for folder in (root, *root.parents):
        if any((folder / mark).exists() for mark in (".git", "pyproject.toml", "setup.py", "setup.cfg")):
            return folder if len(folder.parts) > 2 else root
    return root
