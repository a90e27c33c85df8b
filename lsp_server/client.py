"""What the client can do, and what it said when it connected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lsprotocol import types
from pygls.capabilities import get_capability

from lsp_server.configuration import ClientSettings


@dataclass(frozen=True, slots=True)
class Client:
    """One client. `trusted`: its user trusts the workspace, so that dry runs may be done."""

    trusted: bool
    settings: ClientSettings
    pulls: bool
    """It asks for diagnostics."""
    refreshes_diagnostics: bool
    refreshes_lenses: bool
    shows_related: bool
    shows_progress: bool
    tells_configuration: bool
    registers_watchers: bool
    registers_configuration: bool

    @classmethod
    def of(cls, params: types.InitializeParams) -> Client:
        options = params.initialization_options if isinstance(params.initialization_options, Mapping) else {}

        def can(field: str) -> bool:
            return bool(get_capability(params.capabilities, field, False))

        return cls(
            trusted=options.get("trusted") is True,
            settings=ClientSettings.of(options.get("settings")),
            pulls=get_capability(params.capabilities, "text_document.diagnostic") is not None,
            refreshes_diagnostics=can("workspace.diagnostics.refresh_support"),
            refreshes_lenses=can("workspace.code_lens.refresh_support"),
            shows_related=can("text_document.publish_diagnostics.related_information")
            or can("text_document.diagnostic.related_information"),
            shows_progress=can("window.work_done_progress"),
            tells_configuration=can("workspace.configuration"),
            registers_watchers=can("workspace.did_change_watched_files.dynamic_registration"),
            registers_configuration=can("workspace.did_change_configuration.dynamic_registration"),
        )
