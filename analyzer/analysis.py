"""One file analysed: read, its exports followed, every rule asked."""

from __future__ import annotations

from pathlib import Path

from analyzer import program, suppressions
from analyzer.buildable import entry_point
from analyzer.exportgraph import layers
from analyzer.exportgraph.graph import ExportGraph, Model
from analyzer.exportgraph.predict import follow
from analyzer.followed import Followed, FollowedModel
from analyzer.reading.dialect import gone_from_v2, tensorflow_import
from analyzer.reading.imports import imported_files
from analyzer.reading.project import Module, Project
from analyzer.rules import CHECKED


def analyze(project: Project, path: Path) -> Followed:
    """One file as far as it can be told without running it.

    Raises OSError or UnreadableSource where it cannot be read.
    """
    with project.watching() as looked_at:
        module, graph = project.module(path), export_graph(project, path)
    return Followed(
        path=path,
        findings=tuple(program.findings(module)),
        models=tuple(_followed(model) for model in graph.models),
        limits=graph.limits,
        unfollowed=graph.unfollowed,
        tensorflow_import=tensorflow_import(module),
        broken=project.broken(looked_at),
        notebook=module.notebook,
        depends=project.stamps(looked_at),
        conversions=len(graph.conversions),
        silenced_by=tuple(
            found
            for other in project.parsed(looked_at)
            for found in suppressions.read(other.path, other.parsed.source.lines)
        ),
        suspicions=tuple(
            suspicion
            for conversion in graph.conversions
            for rule in CHECKED
            for suspicion in rule.of_conversion(conversion)
        ),
    )


def export_graph(project: Project, path: Path) -> ExportGraph:
    """What one file exports. Raises OSError or UnreadableSource where it cannot be read."""
    module = project.module(path)
    return follow(project, module) if may_export(project, module) else ExportGraph(path, (), ())


def _followed(model: Model) -> FollowedModel:
    calls = layers.called_at(model)
    return FollowedModel(
        found_by=model.found_by,
        model_fn=model.model_fn,
        model_fn_span=model.model_fn_span,
        estimator=model.estimator.span if model.estimator is not None else None,
        export=model.export.span if model.export is not None else None,
        receiver=model.receiver.place if model.receiver is not None else None,
        limits=model.limits,
        suspicions=tuple(layers.seen_there(found, calls) for rule in CHECKED for found in rule.of_model(model)),
        entry_point=entry_point(model),
        reads=tuple(dict.fromkeys(read.key for read in model.reads)),
        gone=gone_from_v2([*([model.estimator] if model.estimator is not None else []), *model.calls]),
    )


WORDS = ("stimator", "export_saved", "train_and_evaluate", "TFLiteConverter", "TocoConverter")


def may_export(project: Project, module: Module) -> bool:
    """Whether a file, or one of the project's own that it imports, can hold Estimator code, or convert, at all."""
    return _speaks(module.parsed.source.text) or any(
        _passes_on(project, path) for path in imported_files(project, module)
    )


def _speaks(text: str) -> bool:
    return any(word in text for word in WORDS)


def _passes_on(project: Project, path: Path) -> bool:
    """Whether an imported file speaks of Estimators, or is a package that imports one that does."""
    if _speaks(project.text(path)):
        return True
    package = project.readable(path) if path.stem == "__init__" else None
    return package is not None and any(_speaks(project.text(other)) for other in imported_files(project, package))
