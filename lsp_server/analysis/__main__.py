"""The loop of the analysing process: requests on standard input, answers on what was standard output."""

from __future__ import annotations

import gc
import os
import select
import sys
import traceback
from typing import BinaryIO

from analyzer.codes import EXPLAINED
from lsp_server.analysis.messages import (
    LENGTH,
    Check,
    Describe,
    Failed,
    Find,
    Greeting,
    Plan,
    Ran,
    Reply,
    Request,
    packed,
    unpacked,
)
from lsp_server.analysis.programs import Programs

MOST_UNCOLLECTED = 16
"""Requests in a row after which garbage is collected although the next one waits."""


def main() -> None:
    """Answer until the server closes the pipe."""
    with open(os.dup(0), "rb", buffering=0) as requests, open(os.dup(1), "wb") as replies:
        # Whatever prints must not print into the answers, nor read the requests.
        os.dup2(2, 1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        _serve(requests, replies)


def _serve(requests: BinaryIO, replies: BinaryIO) -> None:
    programs = Programs()
    _send(replies, Greeting(EXPLAINED))
    # Syntax trees are full of cycles: left to itself the collector stops an edit for longer than the edit takes.
    gc.collect()
    gc.freeze()
    gc.disable()
    uncollected = 0
    while (request := _receive(requests)) is not None:
        _send(replies, _answer(programs, request))
        uncollected += 1
        if uncollected > MOST_UNCOLLECTED or not _waits(requests):
            gc.collect()
            uncollected = 0


def _answer(programs: Programs, request: Request) -> Reply:
    try:
        match request:
            case Check():
                return programs.check(request)
            case Find():
                return programs.find(request)
            case Plan():
                return programs.plan(request)
            case Ran():
                return programs.ran(request)
            case Describe():
                return programs.describe(request)
    except Exception as error:
        traceback.print_exc()
        return Failed(f"tflint itself failed, please report this: {type(error).__name__}: {error}")


def _waits(requests: BinaryIO) -> bool:
    """Whether the next request is there already."""
    return sys.platform != "win32" and bool(select.select([requests], [], [], 0)[0])


def _receive(requests: BinaryIO) -> Request | None:
    head = _exactly(requests, LENGTH.size)
    body = _exactly(requests, LENGTH.unpack(head)[0]) if head is not None else None
    request: Request | None = unpacked(body) if body is not None else None
    return request


def _exactly(requests: BinaryIO, size: int) -> bytes | None:
    """So many bytes, None where the pipe ends before."""
    parts: list[bytes] = []
    while size:
        part = requests.read(size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _send(replies: BinaryIO, reply: Reply) -> None:
    replies.write(packed(reply))
    replies.flush()


if __name__ == "__main__":
    main()
