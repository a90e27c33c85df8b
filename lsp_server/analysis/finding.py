"""The files of a workspace that may matter: those that speak of Estimators, and those that import one that does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analyzer import discovery
from analyzer.glancing import Glance, glance, hearsay
from lsp_server.analysis.folders import Folders
from lsp_server.analysis.messages import Folder


def speaking(settings: Folders, folders: Iterable[Folder]) -> tuple[Path, ...]:
    """The files below the folders that may matter, in a stable order; those that cannot be read are left out."""
    found = discovery.find((folder.path for folder in folders), settings.of_folder)
    glances: dict[str, Glance] = {}
    for path in map(str, found.files):
        try:
            glances[path] = glance(path, Path(path).read_bytes())
        except OSError:  # gone since the folder was listed
            continue
    heard = frozenset(hearsay(glances))
    matter = (path for path, seen in glances.items() if not seen.problem and (seen.speaks or path in heard))
    return tuple(Path(path).resolve() for path in matter)
