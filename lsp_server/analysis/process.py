"""The server's end of the analysing process: started when it is first asked, and again when it was ended."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from analyzer.explained import Explained
from lsp_server.analysis.messages import LENGTH, Failed, Greeting, Ran, Reply, Request, packed, unpacked

MOST_SECONDS = 120.0
"""For one answer; a process that takes longer hangs."""
TRIES = 2
HOME = Path(__file__).resolve().parent.parent.parent


class Lost(Exception):
    """The process was ended again and again, or failed; the message is one sentence."""


class Analyser:
    """One analysing process at a time; what it was told and must not forget is told to the next one, too."""

    def __init__(self, log: Callable[[str], None]) -> None:
        self.explained: Mapping[str, Explained] = {}
        """Every code that a finding can have, as soon as the process was started."""
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._tried: dict[Path, Ran] = {}
        self._logging: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process's own, None where there is none."""
        return self._process.pid if self._process is not None else None

    async def ask(self, request: Request) -> Reply:
        """The answer. Raises Lost where there is none; a request that is cancelled is answered all the same."""
        asking = asyncio.create_task(self._in_turn(request))
        # Of one that nobody waits for any more, nobody would ask how it ended.
        asking.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(asking)

    async def _in_turn(self, request: Request) -> Reply:
        async with self._turn:
            if isinstance(request, Ran):
                self._tried[request.program] = request
            for tried in range(1, TRIES + 1):
                try:
                    reply = await self._answer(await self._running(), request)
                except (EOFError, OSError, TimeoutError):
                    await self._end()
                    if self._closed:
                        break
                    self._log(f"the analysing process was ended{', and is started anew' if tried < TRIES else ''}")
                    continue
                if isinstance(reply, Failed):
                    raise Lost(reply.words)
                return reply
            raise Lost("the analysing process was ended while it worked on this")

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is not None:
            self._log("the analysing process was ended, and is started anew")
            await self._end()
        if self._process is None:
            if self._closed:
                raise EOFError
            self._process = await _started()
            self._logging = asyncio.create_task(self._keep_log(self._process))
            greeting = await self._reply(self._process)
            if isinstance(greeting, Greeting):
                self.explained = greeting.explained
            for told in self._tried.values():
                await self._answer(self._process, told)
        return self._process

    async def _answer(self, process: asyncio.subprocess.Process, request: Request) -> Reply:
        if process.stdin is None:
            raise EOFError
        process.stdin.write(packed(request))
        await process.stdin.drain()
        return await self._reply(process)

    async def _reply(self, process: asyncio.subprocess.Process) -> Reply:
        if process.stdout is None:
            raise EOFError
        async with asyncio.timeout(MOST_SECONDS):
            (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            reply: Reply = unpacked(await process.stdout.readexactly(size))
            return reply

    async def _keep_log(self, process: asyncio.subprocess.Process) -> None:
        while process.stderr is not None and (line := await process.stderr.readline()):
            self._log(line.decode(errors="replace").rstrip())

    async def close(self) -> None:
        """End the process."""
        self._closed = True
        await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()
        if self._logging is not None:
            await asyncio.wait([self._logging])


async def _started() -> asyncio.subprocess.Process:
    """It finds what this process finds, where that is bundled and not installed, too."""
    paths = [str(HOME), *(entry for entry in sys.path if entry)]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "lsp_server.analysis",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))},
    )
