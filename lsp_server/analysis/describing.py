"""The conversion report on a program, or on one model of it, as a page for an editor to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from analyzer.followed import Followed, FollowedModel
from analyzer.reporting import html
from analyzer.reports import ModelReport, Place, Report
from analyzer.settings import Settings
from lsp_server.analysis.messages import Description
from lsp_server.wording import in_editor

Name = tuple[Path, str]


def description(program: Path, report: Report, settings: Settings) -> Description:
    """The page that `--output-format html` writes, with links into the editor."""
    return Description("html", f"tflint: {program.name}", html.render(report, settings, in_editor))


def of_model_at(report: Report, followed: Followed, path: Path, line: int) -> Report:
    """The report on the model that a line belongs to: the one of whose places the nearest is above it. All of the
    report where no model begins above, or the report does not have it.
    """
    above = [(place, model) for model in followed.models for place in _lines(model, path) if place <= line]
    if not above:
        return report
    _, nearest = max(above, key=lambda one: one[0])
    models = tuple(model for model in report.models if _names(model) == _names(nearest))
    return replace(report, models=models) if models else report


def _lines(model: FollowedModel, path: Path) -> Iterator[int]:
    """Where a file makes and exports a model."""
    for place in (model.model_fn, model.receiver, model.estimator, model.export):
        if place is not None and place.path == path:
            yield place.line


def _names(model: ModelReport | FollowedModel) -> tuple[Name | None, Name | None]:
    """Lines may be others by now."""
    return _name(model.model_fn), _name(model.receiver)


def _name(place: Place | None) -> Name | None:
    return (place.path, place.name) if place is not None else None
