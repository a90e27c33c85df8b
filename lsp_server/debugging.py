"""What helps to understand a server from afar, as Markdown."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from analyzer import __version__
from lsp_server.service import Service

LIBRARIES = ("astroid", "lsprotocol", "pygls")


def information(service: Service) -> str:
    """Versions, interpreters, settings, and what is open."""
    return "\n".join(_lines(service)) + "\n"


def _lines(service: Service) -> Iterator[str]:
    yield f"# tflint {__version__}\n"
    yield f"- Server: Python {platform.python_version()}, `{sys.executable}`, {platform.platform()}"
    yield f"- Found in: `{Path(__file__).parent.parent}`"
    yield f"- Libraries: {', '.join(f'{name} {version(name)}' for name in LIBRARIES)}"
    yield f"- Analysing process: {service.analyser.pid or 'none'}, {service.checker.rounds} rounds"
    client = service.client
    yield f"- Diagnostics are {'asked for' if client.pulls else 'sent'}, positions are {service.convert.codec.encoding}"
    yield f"- Trusted: {'yes' if client.trusted else 'no, so nothing is run'}"
    yield f"- Open: {len(service.session.documents)} files"
    for folder in service.roots():
        yield f"\n## {folder}\n"
        status = service.runs.statuses.known.get(folder)
        if status is not None:
            yield f"- State: {status.state.value}: {status.message}"
        yield f"- Interpreter: `{service.runs.interpreters(folder).python}`"
        yield f"- Settings: `{service.of_folder(folder)}`"
