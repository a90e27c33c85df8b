"""Keeps what is known of the open files up with them: the newest texts win, what is known of older ones is replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lsp_server.analysis.messages import Check, Checked, Find, Folder, Found
from lsp_server.analysis.process import Analyser, Lost
from lsp_server.session import Document, Session

DEBOUNCE = 0.1
"""Seconds without a change before a change is analysed."""


@dataclass(frozen=True, slots=True)
class News:
    """Something else is shown now in these files. `typed`: it comes of changes that the client made itself."""

    files: frozenset[Path]
    typed: frozenset[Path]
    checked: Checked


@dataclass(slots=True)
class Checker:
    """Analyses whenever something has changed, one round at a time."""

    session: Session
    analyser: Analyser
    folders: Callable[[], tuple[Folder, ...]]
    tell: Callable[[News], None]
    log: Callable[[str], None]
    whole_workspace: Callable[[], tuple[Folder, ...]] = tuple
    """The folders all of whose files are to be analysed."""
    rounds: int = 0
    """Rounds that were begun."""
    _wanted: int = 0
    _done: int = 0
    _disk: int = 0
    _urgent: bool = False
    _typed: set[Path] = field(default_factory=set)
    _untold: set[Path] = field(default_factory=set)
    _others: tuple[Path, ...] = ()
    _listed: int = -1
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _settled: asyncio.Condition = field(default_factory=asyncio.Condition)

    def typed(self, path: Path) -> None:
        """The text of an open file is another."""
        self._typed.add(path)
        self._again(urgent=False)

    def saved(self) -> None:
        """Files are others on disk."""
        self._disk += 1
        self._again(urgent=True)

    def again(self) -> None:
        """Something besides the texts is different: settings, a dry run, which files are open."""
        self._again(urgent=True)

    def _again(self, urgent: bool) -> None:
        self._wanted += 1
        self._urgent = self._urgent or urgent
        self._changed.set()

    async def settled(self) -> None:
        """Wait until what is known is of the newest texts."""
        async with self._settled:
            await self._settled.wait_for(lambda: self._done == self._wanted)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await self._changed.wait()
            await self._quiet()
            try:
                await self._round()
            except Exception as error:
                # The next change must be analysed all the same.
                self.log(f"tflint itself failed, please report this: {type(error).__name__}: {error}")

    async def _quiet(self) -> None:
        while not self._urgent:
            before = self._wanted
            await asyncio.sleep(DEBOUNCE)
            if self._wanted == before:
                break

    async def _round(self) -> None:
        self._changed.clear()
        self._urgent = False
        self.rounds += 1
        wanted, typed, seen = self._wanted, frozenset(self._typed), dict(self.session.documents)
        try:
            checked = await self._checked(seen)
            self._untold.update(self.session.learn(checked, seen))
            if checked.left:
                self._changed.set()
            if wanted == self._wanted:
                news = News(frozenset(self._untold), typed, checked)
                self._untold.clear()
                self._typed.clear()
                self.tell(news)
        except Lost as error:
            self.log(f"{error}: what was found before is shown on")
        finally:
            self._done = wanted
            async with self._settled:
                self._settled.notify_all()

    async def _checked(self, seen: Mapping[Path, Document]) -> Checked:
        """What is to be shown of these versions. Raises Lost."""
        texts = {path: document.text for path, document in seen.items()}
        others = await self._listing()
        reply = await self.analyser.ask(Check(texts, tuple(seen), self.folders(), others, self._disk))
        if not isinstance(reply, Checked):
            raise Lost(f"the analysing process answered {type(reply).__name__}")
        return reply

    async def _listing(self) -> tuple[Path, ...]:
        """The files of the workspace that are to be analysed although they are not open."""
        folders = self.whole_workspace()
        if not folders:
            self._others, self._listed = (), -1
        elif self._listed != self._disk:
            self._listed = self._disk
            found = await self.analyser.ask(Find(folders))
            self._others = found.files if isinstance(found, Found) else ()
        return tuple(path for path in self._others if path not in self.session.documents)
