"""What the editor's settings say, for one folder of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECTION = "tflint"


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """The section "tflint"; a value of the wrong kind counts as none."""

    interpreter: str = ""
    """The Python of dry runs, "" to look for one."""
    target: str = ""
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    on_save: bool = True
    timeout: float | None = None
    """Seconds for each stage of a dry run."""
    whole_workspace: bool = False
    show_refuted: bool = False
    converters: tuple[Path, ...] = ()
    """Other interpreters whose converters are tried, too."""

    @classmethod
    def of(cls, value: Any) -> ClientSettings:
        """What a client sent."""
        said = value if isinstance(value, Mapping) else {}
        run = said.get("dryRun") if isinstance(said.get("dryRun"), Mapping) else {}
        timeout = run.get("timeout") if run else None
        return cls(
            interpreter=_text(said.get("interpreter")),
            target=_text(said.get("target")),
            select=_texts(said.get("select")),
            extend_select=_texts(said.get("extendSelect")),
            ignore=_texts(said.get("ignore")),
            on_save=run.get("onSave") is not False if run else True,
            timeout=float(timeout) if isinstance(timeout, int | float) and timeout > 0 else None,
            whole_workspace=said.get("diagnosticMode") == "workspace",
            show_refuted=said.get("showRefuted") is True,
            converters=tuple(map(Path, _texts(said.get("converters")))),
        )

    def given(self) -> Mapping[str, Any]:
        """What takes the place of a pyproject.toml's settings, by its keys."""
        said = {
            "target": self.target,
            "select": list(self.select),
            "extend-select": list(self.extend_select),
            "ignore": list(self.ignore),
            "show-refuted": self.show_refuted,
        }
        return {key: value for key, value in said.items() if value}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()
