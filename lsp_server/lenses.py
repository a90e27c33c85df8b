"""Code lenses above a model_fn and an export: run the dry run, and what the last one came to."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from analyzer.findings import Span
from lsp_server.convert import Converter
from lsp_server.session import Known

RUN, SHOW = "tflint.dryRun", "tflint.showReport"
"""Commands of the client's."""


def of_document(uri: str, known: Known, convert: Converter, trusted: bool) -> Iterator[types.CodeLens]:
    """The lenses of a document; without one to run where nothing may be run."""
    for lens in known.report.lenses:
        place = convert.location(Span(lens.path, lens.line, 1, lens.line, 1))
        if place.uri != uri:
            continue
        if trusted:
            title = "tflint: dry run again" if lens.told else "tflint: dry run"
            yield types.CodeLens(place.range, types.Command(title, RUN, arguments=[uri]))
        if lens.told:
            command = types.Command(lens.told, SHOW, arguments=[uri, place.range.start.line])
            yield types.CodeLens(place.range, command)
