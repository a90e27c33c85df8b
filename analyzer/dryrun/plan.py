"""Which programs a dry run runs, and with which statically found models to fall back on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analyzer.dryrun import client
from analyzer.dryrun.protocol import EntryPoint, Job, Outcome
from analyzer.exportgraph.graph import ExportGraph, Model
from analyzer.reading import values
from analyzer.reading.project import Module, source_root
from analyzer.settings import Settings

Places = frozenset[tuple[Path, int]]


def run(
    analyses: Sequence[tuple[Module, ExportGraph]], settings: Settings, progress: Callable[[str], None]
) -> Mapping[Path, Outcome]:
    """The outcome of every program that makes models of its own, by its path."""
    owned = covered([graph for _, graph in analyses])
    programs = [(module, graph) for module, graph in analyses if runs_alone(module, graph, owned)]
    jobs = [_job(module, graph, settings) for module, graph in programs]
    outcomes: dict[Path, Outcome] = {}
    for number, (module, outcome) in enumerate(
        zip((module for module, _ in programs), client.run_many(jobs, settings.python, progress), strict=True), 1
    ):
        progress(f"dry run {number} of {len(jobs)}: {module.path.name}")
        outcomes[module.path] = outcome
    return outcomes


def covered(graphs: Sequence[ExportGraph]) -> Places:
    """The model_fns that some program gives to an estimator, and its export calls: they need no run of their own."""
    models = [model for graph in graphs for model in graph.models if model.estimator is not None]
    model_fns = {(model.model_fn.path, model.model_fn.line) for model in models if model.model_fn is not None}
    exports = {(model.export.span.path, model.export.span.line) for model in models if model.export is not None}
    return frozenset(model_fns | exports)


def is_lost(graph: ExportGraph, owned: Places) -> bool:
    """Whether a program exports something that was not followed, in it or from another program."""
    return bool(graph.unfollowed) and not any((graph.path, line) in owned for line in graph.unfollowed)


def is_covered(model: Model, owned: Places) -> bool:
    return (
        model.estimator is None and model.model_fn is not None and (model.model_fn.path, model.model_fn.line) in owned
    )


def runs_alone(module: Module, graph: ExportGraph, owned: Places) -> bool:
    """Whether a file is a program to run, rather than a part of another or a file that does not parse."""
    followed = any(not is_covered(model, owned) for model in graph.models)
    return not module.parsed.partial and (followed or is_lost(graph, owned))


def why_not_run(module: Module) -> str:
    """Why a program with models was not run."""
    if module.parsed.partial:
        return "the file does not parse, so it could not be run"
    return "its models belong to a program that is run elsewhere"


def _job(module: Module, graph: ExportGraph, settings: Settings) -> Job:
    points = tuple(point for model in graph.models if (point := _entry_point(model)) is not None)
    return Job(program=str(module.path), project=str(_project(module.path)), entry_points=points)


def _project(path: Path) -> Path:
    """The folder whose files are the user's own: the repository, else the root of the program's packages."""
    root = source_root(path)
    for folder in (root, *root.parents):
        if any((folder / mark).exists() for mark in (".git", "pyproject.toml", "setup.py", "setup.cfg")):
            return folder if len(folder.parts) > 2 else root
    return root


def _entry_point(model: Model) -> EntryPoint | None:
    place, receiver = model.model_fn, model.receiver.place if model.receiver is not None else None
    if place is None or place.name == "<lambda>":
        return None
    named = receiver is not None and not receiver.name.startswith(("<", "build_"))
    params = model.estimator.arguments.get("params", 3) if model.estimator is not None else None
    return EntryPoint(
        module_path=str(place.path),
        model_fn=place.name,
        model_fn_line=place.line,
        receiver_path=str(receiver.path) if receiver is not None and named else None,
        receiver=receiver.name if receiver is not None and named else None,
        params=_plain(params) if isinstance(params, values.Mapping) else None,
    )


def _plain(params: values.Mapping) -> dict[str, Any] | None:
    """params, where each value is a constant."""
    plain: dict[str, Any] = {}
    for key, value in params.entries.items():
        match value:
            case values.Const(value=None | bool() | int() | float() | str() as content):
                plain[str(key)] = content
            case values.Sequence() if value.complete and all(isinstance(item, values.Const) for item in value.items):
                plain[str(key)] = [item.value for item in value.items if isinstance(item, values.Const)]
            case _:
                return None
    return plain if params.complete else None
