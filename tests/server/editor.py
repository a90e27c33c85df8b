"""An editor for tests: a server of its own, driven as VS Code (which asks for diagnostics) or Neovim (which is sent
them) drives it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

PULL, PUSH = "pull", "push"
PATIENCE = 180.0
"""Seconds until a thing that should happen counts as one that does not."""
COMMAND = (sys.executable, "-P", "-m", "lsp_server")


@dataclass(slots=True)
class Editor:
    """A connected client, and what it was told."""

    client: LanguageClient
    kind: str
    published: dict[str, list[types.PublishDiagnosticsParams]] = field(default_factory=dict)
    statuses: list[Any] = field(default_factory=list)
    registered: list[Any] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    result_ids: dict[str, str] = field(default_factory=dict)
    server: types.InitializeResult | None = None

    @property
    def pid(self) -> int:
        """Of the server."""
        process = self.client._server
        assert process is not None
        return process.pid

    def hang_up(self) -> None:
        """Close the connection without a word."""
        process = self.client._server
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file, with what is on disk or another text; its URI."""
        uri = path.as_uri()
        self.versions[uri] = 1
        content = path.read_text("utf-8") if text is None else text
        item = types.TextDocumentItem(uri, "python", 1, content)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def type(self, uri: str, text: str) -> None:
        """Replace the text of an open file."""
        self.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def save(self, path: Path, text: str) -> None:
        """Write a file and say so."""
        path.write_text(text, "utf-8")
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(path.as_uri())))

    def close(self, uri: str) -> None:
        self.versions.pop(uri, None)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        """What is shown of the newest version of a document, as soon as the server says."""
        if self.kind == PULL:
            report = await self.pull(uri)
            assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
            return list(report.items)
        told: list[types.PublishDiagnosticsParams] = []

        def is_told() -> bool:
            told[:] = self.published.get(uri, [])[-1:]
            return bool(told) and told[0].version == self.versions.get(uri)

        await self.until(is_told, f"diagnostics of {uri}")
        return list(told[0].diagnostics)

    async def pull(self, uri: str, before: str | None = None) -> types.DocumentDiagnosticReport:
        return await asyncio.wait_for(
            self.client.text_document_diagnostic_async(
                types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri), "tflint", before)
            ),
            PATIENCE,
        )

    async def actions(
        self, uri: str, where: types.Range, only: Sequence[str] | None = None
    ) -> Sequence[types.CodeAction]:
        """The code actions of a place."""
        context = types.CodeActionContext([], only)
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
        found = await asyncio.wait_for(self.client.text_document_code_action_async(params), PATIENCE)
        return [action for action in found or () if isinstance(action, types.CodeAction)]

    async def hover(self, uri: str, line: int, character: int) -> str:
        """What is told of a place (counted from 0), "" for nothing."""
        params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        told = await asyncio.wait_for(self.client.text_document_hover_async(params), PATIENCE)
        return told.contents.value if told is not None and isinstance(told.contents, types.MarkupContent) else ""

    async def until_shown(self, uri: str, holds: Callable[[list[types.Diagnostic]], bool]) -> list[types.Diagnostic]:
        """What is shown of a document as soon as it is so."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not holds(found := await self.diagnostics(uri)):
            assert asyncio.get_running_loop().time() < end, f"waited in vain, shown is {found}"
            await asyncio.sleep(0.05)
        return found

    async def lenses(self, uri: str) -> list[Any]:
        """The code lenses of a document; each has its command."""
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
        found = await asyncio.wait_for(self.client.text_document_code_lens_async(params), PATIENCE)
        return list(found or ())

    async def command(self, name: str, *arguments: Any) -> Any:
        """Have the server execute a command."""
        params = types.ExecuteCommandParams(name, list(arguments))
        return await asyncio.wait_for(self.client.workspace_execute_command_async(params), PATIENCE)

    def start_dry_run(self, uri: str) -> asyncio.Task[Any]:
        return asyncio.create_task(self.command("tflint.server.dryRun", uri))

    async def dry_run(self, uri: str) -> Any:
        """Dry-run a file to its end; what is told of it."""
        return await self.command("tflint.server.dryRun", uri)

    async def until(self, holds: Any, what: str, seconds: float = PATIENCE) -> None:
        """Wait until something is so."""
        end = asyncio.get_running_loop().time() + seconds
        while not holds():
            assert asyncio.get_running_loop().time() < end, f"waited in vain for {what}"
            await asyncio.sleep(0.02)


@asynccontextmanager
async def editor(
    kind: str,
    *folders: Path,
    trusted: bool = False,
    settings: Mapping[str, Any] | None = None,
    encoding: types.PositionEncodingKind | None = None,
    env: Mapping[str, str] | None = None,
    each: Mapping[Path, Mapping[str, Any]] | None = None,
    asked: bool = True,
    goodbye: bool = True,
) -> AsyncIterator[Editor]:
    """A server and its client, until the end of the block.

    `each` holds the settings of single folders; `asked`: the client tells settings when it is asked;
    `goodbye`: it says when it goes.
    """
    client = LanguageClient(converter_factory=default_converter)
    made = Editor(client, kind)
    heard: dict[str, Any] = {
        types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: lambda params: made.published.setdefault(params.uri, []).append(
            params
        ),
        types.WORKSPACE_CODE_LENS_REFRESH: lambda _: None,
        types.CLIENT_REGISTER_CAPABILITY: lambda params: made.registered.extend(params.registrations),
        "tflint/status": lambda params: made.statuses.append(params),
    }
    register_lsp_features(client, DEFAULT_CLIENT_FEATURES | heard)
    client.set_configuration(dict(settings or {}), section="tflint")
    for folder, own in (each or {}).items():
        client.set_configuration(dict(own), section="tflint", scope_uri=folder.as_uri())

    await client.start_io(*COMMAND, env={**os.environ, **(env or {})})
    try:
        made.server = await client.initialize_session(
            types.InitializeParams(
                capabilities=_capabilities(kind, encoding, asked),
                root_uri=folders[0].as_uri() if folders else None,
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
                initialization_options={"trusted": trusted, "settings": dict(settings or {})},
            )
        )
        yield made
        if goodbye:
            await client.shutdown_session()
    finally:
        if client._server is not None and client._server.returncode is None:
            client._server.kill()
        await client.stop()  # type: ignore[no-untyped-call]


def _capabilities(kind: str, encoding: types.PositionEncodingKind | None, asked: bool) -> types.ClientCapabilities:
    """As pytest-lsp knows them, with what has come since to VS Code."""
    known = client_capabilities("visual-studio-code" if kind == PULL else "neovim@v0.7.0")
    assert known.text_document is not None
    assert known.workspace is not None
    if kind == PULL:
        known.text_document.diagnostic = types.DiagnosticClientCapabilities(related_document_support=True)
        known.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    known.workspace.configuration = asked
    if encoding is not None:
        known.general = types.GeneralClientCapabilities(position_encodings=[encoding])
    return known
