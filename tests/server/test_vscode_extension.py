"""The VS Code extension's manifest agrees with the server that it carries."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analyzer import __version__
from analyzer.findings import Target
from lsp_server import lenses
from lsp_server.configuration import ClientSettings

EXTENSION = Path(__file__).resolve().parent.parent.parent / "vscode-extension"
OF_THE_CLIENT = {"tflint.server.interpreter", "tflint.importStrategy", "tflint.trace.server"}
"""Settings that the extension reads, and the server does not."""


@cache
def manifest() -> Any:
    return json.loads((EXTENSION / "package.json").read_text("utf-8"))


def properties() -> dict[str, Any]:
    found: dict[str, Any] = manifest()["contributes"]["configuration"]["properties"]
    return found


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """Settings as the server is told them: `tflint.dryRun.onSave` is `{"dryRun": {"onSave": ...}}`."""
    told: dict[str, Any] = {}
    for name, value in values.items():
        *sections, last = name.split(".")[1:]
        place = told
        for section in sections:
            place = place.setdefault(section, {})
        place[last] = value
    return told


def test_its_version_is_tflints() -> None:
    assert manifest()["version"] == __version__


def test_its_defaults_are_the_servers() -> None:
    defaults = {name: schema["default"] for name, schema in properties().items()}
    assert ClientSettings.of(nested(defaults)) == ClientSettings()


@pytest.mark.parametrize("name", sorted(set(properties()) - OF_THE_CLIENT))
def test_the_server_reads_its_setting(name: str) -> None:
    schema = properties()[name]
    others = {"string": "other", "boolean": not schema["default"], "array": ["other"], "number": 7}
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    other = schema["enum"][-1] if "enum" in schema else others[kind]
    assert ClientSettings.of(nested({name: other})) != ClientSettings()


def test_it_offers_the_targets_there_are() -> None:
    assert properties()["tflint.target"]["enum"] == ["", *(target.value for target in Target)]


def test_it_has_the_commands_that_code_lenses_name() -> None:
    commands = {command["command"] for command in manifest()["contributes"]["commands"]}
    assert {lenses.RUN, lenses.SHOW} <= commands


def test_an_untrusted_workspace_cannot_name_an_executable() -> None:
    restricted = manifest()["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    executables = {"tflint.interpreter", "tflint.server.interpreter", "tflint.converters"}
    assert executables <= set(restricted)
