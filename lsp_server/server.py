"""The features of the language server; what they rest on is in `service.py`."""

from __future__ import annotations

import logging
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from analyzer import __version__
from lsp_server import actions, debugging, hovering, lenses, publishing
from lsp_server.service import Service
from lsp_server.session import Document

NOTEBOOKS = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithNotebook(
            notebook="jupyter-notebook", cells=[types.NotebookCellLanguage("python")]
        )
    ],
    save=True,
)
log = logging.getLogger(__name__)


class Server(LanguageServer):
    """Whole texts are synchronized: pygls cuts lines where Python's splitlines does, at form feeds for one, and would
    misplace the edits of a client, which does not.
    """

    service: Service

    def __init__(self) -> None:
        super().__init__("tflint", __version__, types.TextDocumentSyncKind.Full, NOTEBOOKS)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Only logged: told to a client that is gone, it would be an error to tell, without end."""
        log.error("%s: %s", getattr(source, "__name__", source), error)


def start() -> None:
    """Serve on standard input and output until the client is gone."""
    logging.basicConfig(level=logging.ERROR)
    create().start_io()


def create() -> Server:
    """A server with all its features."""
    server = Server()
    _lifecycle(server)
    _documents(server)
    _notebooks(server)
    _reading(server)
    _commands(server)
    return server


def _lifecycle(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.service = Service(server, params)
        if server.service.client.pulls:
            # Advertised only where it is registered by now.
            _pulled(server)

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        await server.service.begin()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configured(params: types.DidChangeConfigurationParams) -> None:
        await server.service.configured(params.settings)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def other_folders(_: types.DidChangeWorkspaceFoldersParams) -> None:
        await server.service.configured()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def other_files(_: types.DidChangeWatchedFilesParams) -> None:
        server.service.checker.saved()

    @server.feature(types.SHUTDOWN)
    async def shutdown(_: None) -> None:
        await server.service.end()


def _documents(server: Server) -> None:
    def changed(uri: str) -> None:
        document: Document = server.service.session.put(server.workspace, uri)
        server.service.checker.typed(document.path)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def typed(params: types.DidChangeTextDocumentParams) -> None:
        changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.service.saved(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.service.session.close(params.text_document.uri)
        server.service.checker.again()


def _notebooks(server: Server) -> None:
    def changed(uri: str) -> None:
        notebook = server.workspace.get_notebook_document(notebook_uri=uri)
        if notebook is not None:
            document = server.service.session.put_notebook(server.workspace, notebook)
            server.service.checker.typed(document.path)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenNotebookDocumentParams) -> None:
        changed(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def typed(params: types.DidChangeNotebookDocumentParams) -> None:
        changed(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveNotebookDocumentParams) -> None:
        server.service.saved(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseNotebookDocumentParams) -> None:
        server.service.session.close(params.notebook_document.uri)
        server.service.checker.again()


def _pulled(server: Server) -> None:
    options = types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=True, identifier="tflint-diagnostics"
    )

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def diagnostics(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        service = server.service
        await service.checker.settled()
        return publishing.of_document(
            service.session, service.convert, params.text_document.uri, params.previous_result_id
        )

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def of_workspace(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        service = server.service
        await service.checker.settled()
        before = {known.uri: known.value for known in params.previous_result_ids}
        return types.WorkspaceDiagnosticReport(list(publishing.of_workspace(service.session, service.convert, before)))


def _reading(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(list(actions.KINDS)))
    async def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        service, uri = server.service, params.text_document.uri
        only, found = params.context.only, list[types.CodeAction]()
        if only is not None and actions.wanted(only, actions.FIX_ALL):
            # Asked when a file is saved, be it right after the last keystroke.
            await service.checker.settled()
        known = service.session.current(service.session.path(uri))
        if known is None:
            return []
        if actions.wanted(only, types.CodeActionKind.QuickFix.value):
            found += actions.at(known, params.range, uri, service.convert)
        if actions.wanted(only, actions.FIX_ALL) and (every := actions.fix_all(known, service.convert)) is not None:
            found.append(every)
        return found

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        service = server.service
        explained, uri = service.analyser.explained, params.text_document.uri
        parts = list(hovering.at(service.session, service.convert, explained, uri, params.position))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(parts))) if parts else None

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions())
    async def code_lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        service, uri = server.service, params.text_document.uri
        await service.checker.settled()
        known = service.session.current(service.session.path(uri))
        trusted = service.client.trusted
        return list(lenses.of_document(uri, known, service.convert, trusted)) if known is not None else []


def _commands(server: Server) -> None:
    @server.command("tflint.server.dryRun")
    async def dry_run(uri: str) -> Any:
        ended = await server.service.runs.run(server.service.session.path(uri))
        return ended.told()

    @server.command("tflint.server.cancelDryRun")
    def cancel(uri: str) -> bool:
        return server.service.runs.queues.cancel(server.service.session.path(uri))

    @server.command("tflint.server.showReport")
    async def report(uri: str, line: int = 0) -> Any:
        return await server.service.report(uri, line)

    @server.command("tflint.server.debugInformation")
    def information() -> str:
        return debugging.information(server.service)
