"""One file analysed: read, its exports followed, every rule asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from astroid import nodes

from analyzer import program, suppressions
from analyzer.dryrun.protocol import EntryPoint
from analyzer.editing.text import find
from analyzer.exportgraph import layers
from analyzer.exportgraph.graph import ExportGraph, Model
from analyzer.exportgraph.predict import follow
from analyzer.followed import Followed, FollowedModel
from analyzer.reading import values
from analyzer.reading.dialect import tensorflow_import
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


def entry_point(model: Model) -> EntryPoint | None:
    """How a dry run can build a model that the program's own run does not export; None where it has no name."""
    place, receiver = model.model_fn, model.receiver.place if model.receiver is not None else None
    if place is None or place.name == "<lambda>":
        return None
    maker = _maker(model)
    named = receiver is not None and not receiver.name.startswith(("<", "build_"))
    params = model.estimator.arguments.get("params", 3) if model.estimator is not None else None
    return EntryPoint(
        module_path=str(place.path),
        model_fn=place.name,
        model_fn_line=place.line,
        receiver_path=str(receiver.path) if receiver is not None and named else None,
        receiver=receiver.name if receiver is not None and named else None,
        params=_plain(params) if isinstance(params, values.Mapping) else None,
        made_by=maker.name if maker is not None else "",
        made_with=tuple(one.name for one in maker.args.args or ()) if maker is not None else (),
    )


def _maker(model: Model) -> nodes.FunctionDef | None:
    """The function inside which model_fn is defined."""
    if model.model_fn_span is None or model.model_fn_span.column == 1:
        return None
    found = find(model.modules, model.model_fn_span, nodes.FunctionDef)
    around = found[1].parent.scope() if found is not None else None
    return around if isinstance(around, nodes.FunctionDef) else None


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
