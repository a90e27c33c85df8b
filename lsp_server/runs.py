"""When dry runs are done, and how the client sees them go: on save and by command, never where it is not trusted."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from analyzer.dryrun.protocol import Outcome
from lsp_server.analysis.messages import Kept, Plan, Planned, Ran, Run
from lsp_server.analysis.process import Analyser, Lost
from lsp_server.checking import Checker
from lsp_server.client import Client
from lsp_server.configuration import ClientSettings
from lsp_server.confirm import Interpreters, Queues, Report
from lsp_server.interpreters import has_tensorflow, interpreter
from lsp_server.status import EVERYWHERE, State, Status, Statuses
from lsp_server.wording import in_editor

UNTRUSTED = "dry runs would run the code of this workspace, which is not trusted; static analysis goes on"
NO_TENSORFLOW = "has no TensorFlow, so nothing can be dry-run; static analysis goes on"


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command is told of its dry run: "done", "cancelled" or "notRun", and why."""

    state: str
    message: str = ""

    def told(self) -> Mapping[str, Any]:
        return {"state": self.state, "message": self.message}


class Runs:
    """The dry runs of one client."""

    def __init__(
        self,
        server: LanguageServer,
        client: Client,
        analyser: Analyser,
        checker: Checker,
        folder_of: Callable[[Path], Path | None],
        settings_of: Callable[[Path], ClientSettings],
    ) -> None:
        self.statuses = Statuses(server)
        self.queues = Queues()
        self._server = server
        self._client = client
        self._analyser = analyser
        self._checker = checker
        self._folder_of = folder_of
        self._settings_of = settings_of

    def interpreters(self, path: Path) -> Interpreters:
        """What dry runs of a file, or in a folder, use."""
        settings = self._settings_of(path)
        return Interpreters(interpreter(settings.interpreter, self._folder_of(path)), settings.converters)

    async def configured(self, folders: tuple[Path, ...]) -> None:
        """The settings may be others: end what they do not name any more, and tell what can be done in each folder."""
        self.statuses.keep(folders)
        await self.queues.keep(frozenset(map(self.interpreters, (*folders, EVERYWHERE))))
        await self.look(folders)

    async def look(self, folders: Iterable[Path]) -> None:
        """Tell what can be done in these folders."""
        await asyncio.gather(*map(self._look, folders))

    async def _look(self, folder: Path) -> None:
        self.statuses.set(folder, await self._status(folder))

    async def _status(self, folder: Path) -> Status:
        if not self._client.trusted:
            return Status(State.UNTRUSTED, UNTRUSTED)
        python = self.interpreters(folder).python
        match await has_tensorflow(python):
            case None:
                return Status(State.BROKEN, f"{python} cannot be run, so nothing can be dry-run", python)
            case False:
                return Status(State.NO_TENSORFLOW, f"{python} {NO_TENSORFLOW}", python)
            case _:
                return Status(State.READY, f"dry runs use {python}", python)

    async def saved(self, path: Path) -> None:
        """A file was saved: test what is said of it."""
        if self._client.trusted and self._settings_of(path).on_save:
            await self.run(path)

    async def run(self, path: Path) -> Ended:
        """Dry-run a file, or the programs that use it, as they are in the editor now."""
        if not self._client.trusted:
            return Ended("notRun", UNTRUSTED)
        if not path.parent.is_dir():
            return Ended("notRun", f"{path.name} was never saved, so it is not known where it would run; save it first")
        await self._checker.settled()
        try:
            planned = await self._analyser.ask(Plan(path))
        except Lost as error:
            return Ended("notRun", str(error))
        if not isinstance(planned, Planned) or not planned.runs:
            return Ended("notRun", planned.why_not if isinstance(planned, Planned) else "")
        ended = [await one for one in [asyncio.create_task(self._run(run)) for run in planned.runs]]
        return next((one for one in ended if one.state != "done"), ended[0])

    async def _run(self, run: Run) -> Ended:
        seconds = self._settings_of(run.program).timeout
        run = replace(run, job=replace(run.job, seconds=seconds)) if seconds is not None else run
        interpreters, folder = self.interpreters(run.program), self._folder_of(run.program) or EVERYWHERE
        shown = Shown(self._server, self._client, run.program, lambda: self.queues.cancel(run.program))
        busy = Status(State.BUSY, f"dry run of {run.program.name}", interpreters.python)

        def started() -> Report:
            self.statuses.set(folder, busy)
            return shown.begin()

        outcome = await self.queues.of(interpreters).put(run, started)
        shown.end()
        if outcome is not None and outcome.stopped_at == "interpreter":
            outcome = replace(outcome, message=in_editor(outcome.message))
        self.statuses.set(folder, _after(outcome, interpreters.python))
        if outcome is None:
            return Ended("cancelled", f"the dry run of {run.program.name} was cancelled, or replaced by a newer one")
        if outcome.stopped_at == "interpreter":
            return Ended("notRun", outcome.message)
        kept = await self._analyser.ask(Ran(run.program, outcome, run.texts))
        self._checker.again()
        told = kept.told if isinstance(kept, Kept) else ()
        return Ended("done", f"{run.program.name}: {outcome.message or '; '.join(told) or 'nothing was exported'}")


def _after(outcome: Outcome | None, python: Path) -> Status:
    if outcome is None:
        return Status(State.READY, f"dry runs use {python}", python)
    if outcome.stopped_at == "interpreter":
        state = State.NO_TENSORFLOW if "has no TensorFlow" in outcome.message else State.BROKEN
        return Status(state, outcome.message, python)
    return Status(State.READY, f"dry runs use TensorFlow {outcome.tensorflow}, {python}", python, outcome.tensorflow)


class Shown:
    """A dry run as the client shows it: a progress that can be cancelled, where it shows any."""

    def __init__(self, server: LanguageServer, client: Client, program: Path, cancel: Callable[[], object]) -> None:
        self._progress = server.work_done_progress
        self._token = f"tflint-{uuid.uuid4()}" if client.shows_progress else None
        self._program = program
        self._cancel = cancel
        self._loop = asyncio.get_running_loop()
        self._created: asyncio.Task[None] | None = None

    def begin(self) -> Report:
        """Show it; what is given tells how it gets on."""
        if self._token is None:
            return lambda _: None
        self._created = asyncio.create_task(self._create(self._token))
        return self._tell

    def _tell(self, words: str) -> None:
        self._loop.call_soon_threadsafe(self._say, words)

    async def _create(self, token: str) -> None:
        await self._progress.create_async(token)
        title = f"tflint: dry run of {self._program.name}"
        self._progress.begin(token, types.WorkDoneProgressBegin(title, cancellable=True))
        self._progress.tokens[token].add_done_callback(self._ended)

    def _ended(self, future: Future[None]) -> None:
        if future.cancelled():
            self._cancel()

    def _say(self, words: str) -> None:
        if self._token is not None and self._token in self._progress.tokens:
            self._progress.report(self._token, types.WorkDoneProgressReport(message=words, cancellable=True))

    def end(self) -> None:
        """Show it no more."""
        if self._created is not None:
            self._created.add_done_callback(lambda _: self._close())

    def _close(self) -> None:
        if self._token is not None and self._progress.tokens.pop(self._token, None) is not None:
            self._progress.end(self._token, types.WorkDoneProgressEnd())
