"""Everything behind the server's features: the session, what keeps it up to date, and how the client hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from lsp_server import pages
from lsp_server.analysis.folders import innermost
from lsp_server.analysis.messages import Describe, Description, Folder
from lsp_server.analysis.process import Analyser, Lost
from lsp_server.checking import Checker, News
from lsp_server.client import Client
from lsp_server.configuration import SECTION, ClientSettings
from lsp_server.convert import Converter
from lsp_server.publishing import Publisher, Pulled, Pushed
from lsp_server.runs import Runs
from lsp_server.session import Session, path_of
from lsp_server.status import EVERYWHERE, State, Status

ANSWER_SECONDS = 5.0
"""A client that does not tell its configuration within this time has none."""


class Service:
    """One for a connection; it begins when the client has said what it can."""

    def __init__(self, server: LanguageServer, params: types.InitializeParams) -> None:
        self.server = server
        self.client = Client.of(params)
        self.session = Session()
        self.analyser = Analyser(self.log)
        self.pages: dict[str, str] = {}
        self.convert = Converter(self.session, server.workspace.position_codec, self.pages, self.client.shows_related)
        self.publisher: Publisher = (
            Pulled(server, self.client.refreshes_diagnostics)
            if self.client.pulls
            else Pushed(server, self.session, self.convert)
        )
        self.settings: dict[Path, ClientSettings] = {}
        self.elsewhere = self.client.settings
        self.unusable: Mapping[Path, str] = {}
        self.checker = Checker(self.session, self.analyser, self.folders, self.tell, self.log, self.whole_folders)
        self.runs = Runs(server, self.client, self.analyser, self.checker, self.folder_of, self.settings_of)
        self._life: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def begin(self) -> None:
        """Read the configuration, then analyse what is open, and go on with it."""
        self._life = asyncio.create_task(self._live())

    async def _live(self) -> None:
        try:
            await self.configure()
            self._watch()
            self.checker.again()
            await self.checker.run()
        finally:
            # Also where the client is gone without a word: the end of the event loop cancels this.
            await self.runs.queues.keep(frozenset())
            await self.analyser.close()

    async def end(self) -> None:
        """Leave no process behind."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait([self._life])

    def do(self, work: Coroutine[Any, Any, Any]) -> None:
        """Have something done besides; what goes wrong is logged, for there is nobody to tell."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.log(f"tflint itself failed, please report this: {type(error).__name__}: {error}")

    def saved(self, uri: str) -> None:
        """A file was saved."""
        self.checker.saved()
        self.do(self.runs.saved(self.session.path(uri)))

    async def configured(self, pushed: Any = None) -> None:
        """The settings, or the folders of the workspace, are others."""
        await self.configure(pushed)
        self.checker.saved()

    async def report(self, uri: str, line: int) -> Mapping[str, Any]:
        """The conversion report of a document's model at a 0-based line."""
        await self.checker.settled()
        path = self.session.path(uri)
        told = await self.analyser.ask(Describe(path, self.session.line_of(path, uri, line)))
        if not isinstance(told, Description):
            raise Lost(f"the analysing process answered {type(told).__name__}")
        return {"kind": told.kind, "title": told.title, "content": told.content}

    def log(self, words: str) -> None:
        """A line for the client's log."""
        self.server.window_log_message(types.LogMessageParams(types.MessageType.Log, words))

    def tell(self, news: News) -> None:
        """Something else is to be shown."""
        if not self.pages and self.analyser.explained:
            self._write_pages()
        for words in news.checked.failures:
            self.log(words)
        self._tell_unusable(news.checked.unusable)
        self.publisher.tell(news)
        if self.client.refreshes_lenses and news.files - news.typed:
            self.server.workspace_code_lens_refresh(None)

    def _tell_unusable(self, unusable: Mapping[Path, str]) -> None:
        """Say which folders' configurations cannot be used, and of which they can be used again."""
        before, self.unusable = self.unusable, unusable
        for folder, words in unusable.items():
            if before.get(folder) != words:
                self.log(words)
            if folder in self.roots():
                self.runs.statuses.set(folder, Status(State.BROKEN, words))
        self.do(self.runs.look([folder for folder in self.roots() if folder in before and folder not in unusable]))

    def _write_pages(self) -> None:
        try:
            self.pages.update(pages.written(self.analyser.explained))
        except OSError as error:
            self.log(f"the pages of the rules cannot be written, so codes have no links: {error}")

    def roots(self) -> tuple[Path, ...]:
        """The folders of the workspace."""
        return tuple(path_of(folder.uri) for folder in self.server.workspace.folders.values())

    def folders(self) -> tuple[Folder, ...]:
        """The same with their settings, for the analysing process; around them all that lies in none."""
        inside = (Folder(path, self.of_folder(path).given()) for path in self.roots())
        return (*inside, Folder(EVERYWHERE, self.elsewhere.given()))

    def whole_folders(self) -> tuple[Folder, ...]:
        """Those all of whose files are to be analysed."""
        roots = self.roots()
        whole = (folder for folder in self.folders() if self.of_folder(folder.path).whole_workspace)
        return tuple(folder for folder in whole if folder.path in roots)

    def of_folder(self, folder: Path) -> ClientSettings:
        return self.settings.get(folder, self.elsewhere)

    def folder_of(self, path: Path) -> Path | None:
        """The folder of the workspace that a file lies in."""
        return innermost(path, self.roots())

    def settings_of(self, path: Path) -> ClientSettings:
        """Its settings."""
        folder = self.folder_of(path)
        return self.of_folder(folder) if folder is not None else self.elsewhere

    async def configure(self, pushed: Any = None) -> None:
        """Ask for the configuration of each folder, or take what a client that cannot be asked has sent."""
        roots = self.roots()
        if self.client.tells_configuration:
            *of_roots, self.elsewhere = await self._told(roots)
            self.settings = dict(zip(roots, of_roots, strict=True))
        elif isinstance(pushed, Mapping):
            self.elsewhere = ClientSettings.of(pushed.get(SECTION, pushed))
        self.do(self.runs.configured(roots or (EVERYWHERE,)))

    async def _told(self, roots: Sequence[Path]) -> list[ClientSettings]:
        """The settings of these folders, and of files outside of them."""
        items = [types.ConfigurationItem(uris.from_fs_path(str(root)), SECTION) for root in roots]
        items.append(types.ConfigurationItem(section=SECTION))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                told = await self.server.workspace_configuration_async(types.ConfigurationParams(items))
        except (TimeoutError, JsonRpcException) as error:
            why = str(error) or f"nothing within {ANSWER_SECONDS:.0f} s"
            self.log(f"the client did not tell its configuration ({why}): what it said when it connected is in force")
            return [self.client.settings for _ in items]
        return [ClientSettings.of(value) if value is not None else self.client.settings for value in told]

    def _watch(self) -> None:
        """Have the client say when a configuration or a source changes."""
        registrations: list[types.Registration] = []
        if self.client.registers_watchers:
            patterns = ("**/pyproject.toml", "**/*.py", "**/*.ipynb", "**/.gitignore")
            watchers = [types.FileSystemWatcher(pattern) for pattern in patterns]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            registrations.append(types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
        if self.client.registers_configuration:
            options_ = types.DidChangeConfigurationRegistrationOptions(SECTION)
            registrations.append(types.Registration("settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, options_))
        if registrations:
            self.server.client_register_capability(types.RegistrationParams(registrations))
