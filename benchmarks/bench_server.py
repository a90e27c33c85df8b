"""The language server against its yardsticks, with a scripted client.

`python -m benchmarks.bench_server` in an environment with tflint and TensorFlow: diagnostics after edits of a program
of 1,000 lines against `astroid` parsing it, the memory that edits leave behind, a dry run on save against a warm one,
and the answers that are given while analysis runs. It exits with 1 where a promise is broken. Linux only: it reads
/proc.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from astroid.builder import AstroidBuilder
from astroid.manager import AstroidManager

from benchmarks.bench_static import program
from benchmarks.measure import machine
from benchmarks.warm import warm
from lsp_server.checking import DEBOUNCE

EDITS = 300
MANY_EDITS, FEW_EDITS = 2000, 200
BURST, KEYSTROKE_SECONDS = 10, 0.02
"""Edits in a row, faster than they are analysed, as one types."""
ANSWERS = 200
PARSE_RATIO, WORST_RATIO = 4.0, 10.0
GROWTH = 1.10
DRY_RATIO = 3.0
ANSWER_SECONDS = 0.050
SMALL = """\
import tensorflow.compat.v1 as tf


def model_fn(features, labels, mode):
    score = tf.layers.dense(features["x"], 1)
    return tf.estimator.EstimatorSpec(mode, predictions={"score": score})


def receiver():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


tf.estimator.Estimator(model_fn).export_saved_model("out", receiver)
"""


@dataclass(slots=True)
class Client:
    """The least that a client can be: it asks for no diagnostics, so they are sent."""

    process: asyncio.subprocess.Process
    published: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    _answers: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _reading: asyncio.Task[None] | None = None
    _version: int = 1

    @classmethod
    async def started(cls, folder: Path, options: dict[str, Any]) -> Client:
        command, pipe = [sys.executable, "-P", "-m", "lsp_server"], asyncio.subprocess.PIPE
        client = cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe))
        client._reading = asyncio.create_task(client._read())
        capabilities: dict[str, Any] = {"textDocument": {"publishDiagnostics": {}}}
        said: dict[str, Any] = {"processId": os.getpid(), "rootUri": folder.as_uri(), "capabilities": capabilities}
        folders = [{"uri": folder.as_uri(), "name": folder.name}]
        await client.ask("initialize", said | {"workspaceFolders": folders, "initializationOptions": options})
        client.tell("initialized", {})
        return client

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    async def ask(self, method: str, params: Any) -> Any:
        number = len(self._answers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        return await self._answers[number]

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def _read(self) -> None:
        assert self.process.stdout is not None
        size = 0
        while line := await self.process.stdout.readline():
            if line.startswith(b"Content-Length:"):
                size = int(line.split(b":")[1])
            elif not line.strip():
                message = json.loads(await self.process.stdout.readexactly(size))
                if message.get("method") == "textDocument/publishDiagnostics":
                    self.published.put_nowait(message["params"])
                elif "method" not in message and message.get("id") in self._answers:
                    self._answers[message["id"]].set_result(message.get("result"))

    def open(self, path: Path, text: str) -> None:
        item = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def type(self, path: Path, text: str) -> None:
        self._version += 1
        document = {"uri": path.as_uri(), "version": self._version}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    async def shown(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The diagnostics of which something is so, as soon as they come."""
        while not holds(found := await asyncio.wait_for(self.published.get(), 120)):
            continue
        return found

    async def current(self) -> dict[str, Any]:
        """The diagnostics of the newest version."""
        return await self.shown(lambda found: found.get("version") == self._version)

    async def close(self) -> None:
        await self.ask("shutdown", None)
        self.tell("exit", None)
        await self.process.wait()
        if self._reading is not None:
            await self._reading


def main() -> None:
    _say(machine())
    kept = asyncio.run(_all())
    if not kept:
        sys.exit("a promise is broken")


async def _all() -> bool:
    text = program(1000)
    with tempfile.TemporaryDirectory(prefix="tflint-bench-") as scratch:
        folder = Path(scratch)
        kept = [await _typing(folder, text), await _answering(folder, text)]
        kept.append(await _saving(folder))
        return all(kept)


def _say(line: str) -> None:
    """Shown at once, also where the output is a file: all of it takes minutes."""
    print(line, flush=True)


def _edited(text: str, number: int) -> str:
    """One keystroke after another, in the middle of the program."""
    lines = text.split("\n")
    middle = len(lines) // 2
    while lines[middle].strip():
        middle += 1
    return "\n".join([*lines[:middle], f"edited = {number}", *lines[middle:]])


def _parse_seconds(text: str) -> float:
    """The median of astroid parsing the text as a string, without transforms and with the collector out of the way."""
    builder = AstroidBuilder(AstroidManager(), apply_transforms=False)
    taken = []
    gc.disable()
    for number in range(30):
        began = time.perf_counter()
        builder.string_build(_edited(text, number))
        taken.append(time.perf_counter() - began)
        gc.collect()
    gc.enable()
    return statistics.median(taken)


async def _typing(folder: Path, text: str) -> bool:
    path = folder / "model.py"
    path.write_text(text)
    client = await Client.started(folder, {})
    client.open(path, text)
    await client.current()
    taken: list[float] = []
    memory: dict[int, int] = {}
    for number in range(1, EDITS + 1):
        began = time.perf_counter()
        client.type(path, _edited(text, number))
        await client.current()
        taken.append(time.perf_counter() - began - DEBOUNCE)
        if number == FEW_EDITS:
            memory[number] = _resident_bytes(client.process.pid)
    parse = _parse_seconds(text)
    usual, worst = _p95(taken) / parse, max(taken) / parse
    _say(f"{len(text.splitlines())} lines, {EDITS} edits: astroid parses them in {parse * 1e3:.1f} ms")
    _say(f"  p95 {_p95(taken) * 1e3:.1f} ms, {usual:.1f} times that (at most {PARSE_RATIO:.0f})")
    _say(f"  slowest {max(taken) * 1e3:.1f} ms, {worst:.1f} times (at most {WORST_RATIO:.0f})")
    for number in range(EDITS + 1, MANY_EDITS + 1):
        client.type(path, _edited(text, number))
        if number % BURST and number < MANY_EDITS:
            await asyncio.sleep(KEYSTROKE_SECONDS)
        else:
            await client.current()
    memory[MANY_EDITS] = _resident_bytes(client.process.pid)
    await client.close()
    grown = memory[MANY_EDITS] / memory[FEW_EDITS]
    few, many = (f"{memory[count] / 1e6:.0f} MB after {count:,}" for count in (FEW_EDITS, MANY_EDITS))
    _say(f"  {few} edits, {many}: {grown:.2f} times (at most {GROWTH:.2f})")
    return usual <= PARSE_RATIO and worst <= WORST_RATIO and grown <= GROWTH


async def _answering(folder: Path, text: str) -> bool:
    path = folder / "model.py"
    client = await Client.started(folder, {})
    client.open(path, text)
    found = await client.current()
    document, place = {"uri": path.as_uri()}, found["diagnostics"][0]["range"] if found["diagnostics"] else _NOWHERE
    empty, actions, hovers = [], [], []
    for number in range(ANSWERS):
        client.type(path, _edited(text, number))
        await asyncio.sleep(DEBOUNCE + 0.02)
        empty.append(await _timed(client, "workspace/executeCommand", _NOTHING | {"arguments": [path.as_uri()]}))
        asked: dict[str, Any] = {"textDocument": document, "range": place, "context": {"diagnostics": []}}
        actions.append(await _timed(client, "textDocument/codeAction", asked))
        hovers.append(
            await _timed(client, "textDocument/hover", {"textDocument": document, "position": place["start"]})
        )
        await client.current()
    await client.close()
    kept = True
    for name, taken in (("code action", actions), ("hover", hovers)):
        kept = kept and _p95(taken) <= ANSWER_SECONDS
        ratio = _p95(taken) / _p95(empty)
        _say(f"{name} while analysis runs: p95 {_p95(taken) * 1e3:.1f} ms (at most {ANSWER_SECONDS * 1e3:.0f}), "
             f"{ratio:.1f} times an empty request")  # fmt: skip
    return kept


_NOTHING: dict[str, Any] = {"command": "tflint.server.cancelDryRun"}
"""There is no dry run to cancel."""
_NOWHERE = {"start": {"line": 10, "character": 5}, "end": {"line": 10, "character": 5}}


async def _timed(client: Client, method: str, params: Any) -> float:
    began = time.perf_counter()
    await client.ask(method, params)
    return time.perf_counter() - began


async def _saving(folder: Path) -> bool:
    path = folder / "small.py"
    path.write_text(SMALL)
    client = await Client.started(folder, {"trusted": True, "settings": {"interpreter": sys.executable}})
    client.open(path, SMALL)
    await client.current()
    await client.ask("workspace/executeCommand", {"command": "tflint.server.dryRun", "arguments": [path.as_uri()]})
    in_editor, document = [], {"textDocument": {"uri": path.as_uri()}}
    for number in range(10):
        lens: list[Any] = []
        text = f"{SMALL}# {number}\n"
        client.type(path, text)
        await client.current()
        path.write_text(text)
        began = time.perf_counter()
        client.tell("textDocument/didSave", document)
        while not any(_is_new(one["command"]) for one in lens):
            lens = await client.ask("textDocument/codeLens", document)
            await asyncio.sleep(0.005)
        in_editor.append(time.perf_counter() - began)
    await client.close()
    warm_seconds, _ = warm(path)
    ratio = statistics.median(in_editor) / warm_seconds
    _say(f"dry run on save, shown after {statistics.median(in_editor):.2f} s; a warm one takes {warm_seconds:.2f} s: "
         f"{ratio:.1f} times (at most {DRY_RATIO:.0f})")  # fmt: skip
    return ratio <= DRY_RATIO


def _is_new(command: dict[str, Any]) -> bool:
    """Whether a lens shows what came of the text that was saved."""
    return command["command"] == "tflint.showReport" and "before the last edits" not in command["title"]


def _resident_bytes(pid: int) -> int:
    """The memory of a server and its analysing process."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_rss(each) for each in (pid, *map(int, children)))


def _rss(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _p95(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


if __name__ == "__main__":
    main()
