"""Everything behind the server's features: the session, what keeps it up to date, and how the client hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from lsp_server import pages
from lsp_server.analysis.folders import innermost
from lsp_server.analysis.messages import Folder
from lsp_server.analysis.process import Analyser
from lsp_server.checking import Checker, News
from lsp_server.client import Client
from lsp_server.configuration import SECTION, ClientSettings
from lsp_server.convert import Converter
from lsp_server.publishing import Publisher, Pulled, Pushed
from lsp_server.session import Session, path_of

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
        self.checker = Checker(self.session, self.analyser, self.folders, self.tell, self.log, self.whole_folders)
        self._working: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """Read the configuration, then analyse what is open, and go on with it."""
        await self.configure()
        await self._watch()
        self._working.append(asyncio.create_task(self.checker.run()))
        self.checker.again()

    async def end(self) -> None:
        """Leave no process behind."""
        for task in self._working:
            task.cancel()
        await self.analyser.close()

    def saved(self, uri: str) -> None:
        """A file was saved."""
        self.checker.saved()

    def log(self, words: str) -> None:
        """A line for the client's log."""
        self.server.window_log_message(types.LogMessageParams(types.MessageType.Log, words))

    def tell(self, news: News) -> None:
        """Something else is to be shown."""
        if not self.pages and self.analyser.explained:
            self._write_pages()
        for words in news.checked.failures:
            self.log(words)
        self.publisher.tell(news)

    def _write_pages(self) -> None:
        try:
            self.pages.update(pages.written(self.analyser.explained))
        except OSError as error:
            self.log(f"the pages of the rules cannot be written, so codes have no links: {error}")

    def roots(self) -> tuple[Path, ...]:
        """The folders of the workspace."""
        return tuple(path_of(folder.uri) for folder in self.server.workspace.folders.values())

    def folders(self) -> tuple[Folder, ...]:
        """The same with their settings, for the analysing process."""
        return tuple(Folder(path, self.of_folder(path).given()) for path in self.roots())

    def whole_folders(self) -> tuple[Folder, ...]:
        """Those all of whose files are to be analysed."""
        return tuple(folder for folder in self.folders() if self.of_folder(folder.path).whole_workspace)

    def of_folder(self, folder: Path) -> ClientSettings:
        return self.settings.get(folder, self.elsewhere)

    def settings_of(self, path: Path) -> ClientSettings:
        """The settings of the folder that a file lies in."""
        folder = innermost(path, self.roots())
        return self.of_folder(folder) if folder is not None else self.elsewhere

    async def configure(self, pushed: Any = None) -> None:
        """Ask for the configuration of each folder, or take what a client that cannot be asked has sent."""
        if not self.client.tells_configuration:
            said = pushed.get(SECTION, pushed) if isinstance(pushed, Mapping) else None
            self.elsewhere = ClientSettings.of(said) if said else self.elsewhere
            return
        roots = self.roots()
        items = [types.ConfigurationItem(uris.from_fs_path(str(root)), SECTION) for root in roots]
        items.append(types.ConfigurationItem(section=SECTION))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                told = await self.server.workspace_configuration_async(types.ConfigurationParams(items))
        except TimeoutError:
            self.log("the client did not tell its configuration: the defaults are in force")
            return
        *of_roots, elsewhere = [ClientSettings.of(value) for value in told]
        self.settings, self.elsewhere = dict(zip(roots, of_roots, strict=True)), elsewhere

    async def _watch(self) -> None:
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
            await self.server.client_register_capability_async(types.RegistrationParams(registrations))
