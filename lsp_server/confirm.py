"""Dry runs for editors: a queue for each interpreter, whose worker stays warm; what is newer replaces what waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.dryrun.client import Cancelled, Workers
from analyzer.dryrun.protocol import Outcome
from lsp_server.analysis.messages import Run

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Interpreters:
    """The Python that builds, and those whose converters are tried as well."""

    python: Path
    converters: tuple[Path, ...] = ()


@dataclass(slots=True)
class Asked:
    """A dry run that waits or goes; `done` holds its outcome, None where it was cancelled or replaced."""

    run: Run
    started: Callable[[], Report]
    """Called when it begins; what that gives is told how it gets on, from any thread."""
    done: asyncio.Future[Outcome | None]
    stop: threading.Event = field(default_factory=threading.Event)

    def drop(self) -> None:
        """Nobody wants it any more."""
        self.stop.set()
        if not self.done.done():
            self.done.set_result(None)


class Queue:
    """The dry runs of one interpreter, one at a time."""

    def __init__(self, interpreters: Interpreters) -> None:
        self.interpreters = interpreters
        self._waiting: dict[Path, Asked] = {}
        self._going: Asked | None = None
        self._more = asyncio.Event()
        self._task = asyncio.create_task(self._serve())

    def put(self, run: Run, started: Callable[[], Report]) -> asyncio.Future[Outcome | None]:
        """Add a dry run, in the place of one of the same program that waits."""
        asked = Asked(run, started, asyncio.get_running_loop().create_future())
        if (older := self._waiting.pop(run.program, None)) is not None:
            older.drop()
        self._waiting[run.program] = asked
        self._more.set()
        return asked.done

    def cancel(self, program: Path) -> bool:
        """Drop the runs of a program; whether there were any."""
        dropped = [self._waiting.pop(program, None)]
        if self._going is not None and self._going.run.program == program:
            dropped.append(self._going)
        for asked in dropped:
            if asked is not None:
                asked.drop()
        return any(asked is not None for asked in dropped)

    async def close(self) -> None:
        """Drop everything, and end the workers."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _serve(self) -> None:
        workers = Workers(self.interpreters.python, converters=self.interpreters.converters)
        try:
            while True:
                while not self._waiting:
                    self._more.clear()
                    await self._more.wait()
                self._going = self._waiting.pop(next(iter(self._waiting)))
                outcome = await self._ran(workers, self._going)
                if outcome is not None and outcome.stopped_at == "interpreter":
                    # A worker that cannot start is remembered as broken; what is wrong may be mended meanwhile.
                    await asyncio.to_thread(workers.__exit__)
                    workers = Workers(self.interpreters.python, converters=self.interpreters.converters)
                if not self._going.done.done():
                    self._going.done.set_result(outcome)
                self._going = None
                # Who waits for this outcome tells of it before the next run says that it begins.
                await asyncio.sleep(0)
        finally:
            for asked in (*self._waiting.values(), *([self._going] if self._going is not None else [])):
                asked.drop()
            workers.__exit__()

    async def _ran(self, workers: Workers, asked: Asked) -> Outcome | None:
        if asked.stop.is_set():
            return None
        running = asyncio.create_task(asyncio.to_thread(workers.run, asked.run.job, asked.started(), asked.stop))
        try:
            return await asyncio.shield(running)
        except Cancelled:
            return None
        except Exception as error:
            if not asked.done.done():
                asked.done.set_exception(error)
            return None
        except asyncio.CancelledError:
            asked.stop.set()
            await asyncio.wait([running])
            raise


class Queues:
    """The queues of all interpreters that are in use."""

    def __init__(self) -> None:
        self._queues: dict[Interpreters, Queue] = {}

    def of(self, interpreters: Interpreters) -> Queue:
        """The queue of an interpreter."""
        if interpreters not in self._queues:
            self._queues[interpreters] = Queue(interpreters)
        return self._queues[interpreters]

    def cancel(self, program: Path) -> bool:
        """Drop the runs of a program; whether there were any."""
        dropped = [queue.cancel(program) for queue in self._queues.values()]
        return any(dropped)

    async def keep(self, used: frozenset[Interpreters]) -> None:
        """Close the queues of interpreters that no folder uses any more."""
        for interpreters in self._queues.keys() - used:
            await self._queues.pop(interpreters).close()
