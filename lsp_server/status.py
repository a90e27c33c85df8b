"""What is told of each folder of the workspace: whether dry runs can be done there, and whether one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from pygls import uris
from pygls.lsp.server import LanguageServer

NAME = "tflint/status"
EVERYWHERE = Path(Path.cwd().anchor)
"""The folder of files that lie in no folder of the workspace."""


class State(Enum):
    """The states that a client knows."""

    READY = "ready"
    BUSY = "busy"
    NO_TENSORFLOW = "noTensorFlow"
    UNTRUSTED = "untrusted"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Status:
    """One folder; `message` is a sentence for people."""

    state: State
    message: str
    interpreter: Path | None = None
    tensorflow: str | None = None

    def told(self, folder: Path) -> Mapping[str, Any]:
        """As it is sent."""
        more = {"interpreter": str(self.interpreter) if self.interpreter else None, "tensorflow": self.tensorflow}
        return {
            "uri": uris.from_fs_path(str(folder)),
            "state": self.state.value,
            "message": self.message,
            **{key: value for key, value in more.items() if value is not None},
        }


class Statuses:
    """The statuses of all folders, each sent when it changes."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self.known: dict[Path, Status] = {}

    def set(self, folder: Path, status: Status) -> None:
        """Tell the client, where it does not know yet."""
        if self.known.get(folder) != status:
            self.known[folder] = status
            self._server.protocol.notify(NAME, status.told(folder))

    def keep(self, folders: tuple[Path, ...]) -> None:
        """Forget the folders that are none of these."""
        self.known = {folder: status for folder, status in self.known.items() if folder in folders}
