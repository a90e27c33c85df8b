"""One stream of diagnostics: asked for by clients that can, sent to the others, never both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from lsp_server.checking import News
from lsp_server.convert import Converter
from lsp_server.session import Session


class Publisher(Protocol):
    """How the client learns that something else is to be shown."""

    def tell(self, news: News) -> None: ...


class Pushed:
    """Diagnostics are sent whenever they change."""

    def __init__(self, server: LanguageServer, session: Session, convert: Converter) -> None:
        self._server = server
        self._session = session
        self._convert = convert
        self._showing: set[str] = set()
        """The documents that show something."""

    def tell(self, news: News) -> None:
        """Send what is new, and nothing for what is gone."""
        for path in sorted(news.files | news.typed):
            known = self._session.known.get(path)
            for uri, found in self._convert.diagnostics(path, known).items() if known is not None else ():
                self._send(uri, found, self._version(uri))
        for uri in sorted(self._showing - self._session.uris(self._session.known).keys()):
            self._send(uri, [], None)

    def _version(self, uri: str) -> int | None:
        document = self._session.documents.get(self._session.path(uri))
        return document.version if document is not None and not document.cells else None

    def _send(self, uri: str, diagnostics: list[types.Diagnostic], version: int | None) -> None:
        (self._showing.add if diagnostics else self._showing.discard)(uri)
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))


class Pulled:
    """Diagnostics are asked for; the client is told to ask again where it cannot know that it should."""

    def __init__(self, server: LanguageServer, refresh: bool) -> None:
        self._server = server
        self._refresh = refresh

    def tell(self, news: News) -> None:
        """Where a change that the client did not make has changed what is shown, have it ask again."""
        if self._refresh and news.files - news.typed:
            self._server.workspace_diagnostic_refresh(None)


def of_document(session: Session, convert: Converter, uri: str, before: str | None) -> types.DocumentDiagnosticReport:
    """The answer about one document; "unchanged" where it is what the client has already."""
    path = session.path(uri)
    known = session.known.get(path)
    if known is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    if before == str(known.shown):
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=before)
    items = convert.diagnostics(path, known).get(uri, [])
    return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=str(known.shown))


def of_workspace(
    session: Session, convert: Converter, before: Mapping[str, str]
) -> Iterator[types.WorkspaceDocumentDiagnosticReport]:
    """The answer about every document of which anything is known, and those that the client thinks so of."""
    current = session.uris(session.known)
    for uri, path in current.items():
        known, document = session.known[path], session.documents.get(path)
        version = document.version if document is not None and not document.cells else None
        if before.get(uri) == str(known.shown):
            yield types.WorkspaceUnchangedDocumentDiagnosticReport(uri, result_id=str(known.shown), version=version)
        else:
            items = convert.diagnostics(path, known).get(uri, [])
            yield types.WorkspaceFullDocumentDiagnosticReport(uri, items, result_id=str(known.shown), version=version)
    for uri in before.keys() - current.keys():
        yield types.WorkspaceFullDocumentDiagnosticReport(uri, [])
