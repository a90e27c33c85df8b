"""`[tool.tflint]` of the nearest pyproject.toml, joined with what the command line says: the settings of each file."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from analyzer import configured
from analyzer.configured import BadModel
from analyzer.findings import Severity, Target
from analyzer.settings import FAIL_ON, Ops, OutputFormat, PerFile, Settings

FILE = "pyproject.toml"
EVERYTHING = "ALL"
FORBIDDEN = ("dry-run", "python", "converter", "sandbox", "fix", "unsafe-fixes", "no-cache", "cache-dir", "jobs")
"""What only the person at the keyboard may say: a repository must not have itself run, nor name what runs it."""


class BadConfiguration(Exception):
    """A configuration that cannot be used; the message is one sentence, `file` where it stands."""

    def __init__(self, file: Path, message: str) -> None:
        super().__init__(message)
        self.file = file


class BadValue(Exception):
    """A value of the wrong kind; the message completes "must be"."""


def unknown_code(prefixes: Iterable[str]) -> str | None:
    """The first of these that no code begins with."""
    from analyzer.codes import EXPLAINED

    for prefix in prefixes:
        if not prefix or (prefix != EVERYTHING and not any(code.startswith(prefix) for code in EXPLAINED)):
            return prefix
    return None


def codes(values: Any) -> tuple[str, ...]:
    """Prefixes of codes, each the beginning of one that exists; "" for all of them."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadValue('a list of codes, such as ["TFL1", "TFL401"]')
    prefixes = tuple(value.strip().upper() for value in values)
    if (wrong := unknown_code(prefixes)) is not None:
        raise BadValue(f"a list of codes: no rule's code begins with {wrong!r}")
    return tuple("" if prefix == EVERYTHING else prefix for prefix in prefixes)


def _strings(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadValue("a list of strings")
    return tuple(values)


def _per_file(values: Any) -> tuple[PerFile, ...]:
    if not isinstance(values, dict):
        raise BadValue('a table of patterns and codes, such as {"legacy/**" = ["TFL3"]}')
    return tuple(PerFile(pattern, codes(given)) for pattern, given in values.items())


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadValue("true or false")
    return value


def _path(value: Any) -> Path:
    if not isinstance(value, str) or not value.strip():
        raise BadValue("the path of a file, relative to this one")
    return Path(value)


def _one_of(*allowed: str) -> Callable[[Any], Any]:
    def chosen(value: Any) -> Any:
        if value not in allowed:
            raise BadValue(f"one of {', '.join(map(repr, allowed))}")
        return value

    return chosen


READERS: Mapping[str, Callable[[Any], Any]] = {
    "target": lambda value: Target(_one_of(*(target.value for target in Target))(value)),
    "ops": _one_of(*get_args(Ops)),
    "select": codes,
    "extend-select": codes,
    "ignore": codes,
    "per-file-ignores": _per_file,
    "exclude": _strings,
    "show-refuted": _flag,
    "fail-on": lambda value: Severity(_one_of(*(severity.value for severity in FAIL_ON))(value)),
    "output-format": _one_of(*get_args(OutputFormat)),
    "baseline": _path,
    "models": configured.read,
}
"""The keys of `[tool.tflint]`, and what reads each."""


class Configurations:
    """The settings of every file: defaults, over them its nearest pyproject.toml, over that the command line.

    `given` are the flags that were given, by the name of their setting; `file` takes the place of every pyproject.toml
    where it is named; `isolated`: none is read.
    """

    def __init__(self, given: Mapping[str, Any], file: Path | None = None, isolated: bool = False) -> None:
        self._given = given
        self._file = file
        self._isolated = isolated
        self._by_folder: dict[Path, Settings | BadConfiguration] = {}

    def of_file(self, path: Path) -> Settings:
        """The settings of a file. Raises BadConfiguration."""
        return self.of_folder(path.parent)

    def of_file_or(self, otherwise: Settings) -> Callable[[Path], Settings]:
        """The settings of a file, `otherwise` where its configuration cannot be used."""

        def chosen(path: Path) -> Settings:
            try:
                return self.of_file(path)
            except BadConfiguration:
                return otherwise

        return chosen

    def of_folder(self, folder: Path) -> Settings:
        """The settings of the files of a folder. Raises BadConfiguration."""
        if folder not in self._by_folder:
            try:
                self._by_folder[folder] = self._found(folder)
            except BadConfiguration as error:
                self._by_folder[folder] = error
        known = self._by_folder[folder]
        if isinstance(known, BadConfiguration):
            raise known
        return known

    def _found(self, folder: Path) -> Settings:
        if self._isolated:
            return self._joined({}, None)
        if self._file is not None:
            return self._joined(section(self._file) or {}, self._file)
        file = folder / FILE
        values = section(file) if file.is_file() else None
        if values is not None:
            return self._joined(values, file)
        return self.of_folder(folder.parent) if folder.parent != folder else self._joined({}, None)

    def _joined(self, values: Mapping[str, Any], file: Path | None) -> Settings:
        said = {**values, **self._given}
        extended = (*values.get("extend_select", ()), *self._given.get("extend_select", ()))
        said.pop("extend_select", None)
        if said.get("select"):
            said["select"] = (*said["select"], *extended)
        said["exclude"] = (*values.get("exclude", ()), *self._given.get("exclude", ()))
        return replace(Settings(), **said, configured_by=file)


def section(file: Path) -> dict[str, Any] | None:
    """The settings in a pyproject.toml, by their names in Settings; None where it says nothing to tflint.

    Raises BadConfiguration for what is no TOML, for a key that is none, and for a value of the wrong kind.
    """
    try:
        data = file.read_bytes()
        if b"tflint" not in data:
            return None
        document = tomllib.loads(data.decode())
    except OSError as error:
        raise BadConfiguration(file, f"cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadConfiguration(file, f"is not valid TOML: {error}; mend it, or run with --isolated") from error
    tools = document.get("tool", {})
    values = tools.get("tflint") if isinstance(tools, dict) else None
    if values is None:
        return None
    if not isinstance(values, dict):
        raise BadConfiguration(file, "[tool.tflint] must be a table")
    return {key.replace("-", "_"): value for key, value in _read(file, values)}


def _read(file: Path, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if key in FORBIDDEN:
            words = "a repository must not decide what is run here; pass it on the command line"
            raise BadConfiguration(file, f"[tool.tflint] `{key}` is not for a file to say: {words}")
        if key not in READERS:
            near = difflib.get_close_matches(key, READERS, 1)
            hint = f"; did you mean `{near[0]}`?" if near else f"; there are {', '.join(READERS)}"
            raise BadConfiguration(file, f"[tool.tflint] has no setting `{key}`{hint}")
        try:
            said = READERS[key](value)
            yield key, file.absolute().parent / said if isinstance(said, Path) else said
        except BadValue as error:
            raise BadConfiguration(file, f"[tool.tflint] `{key}` must be {error}") from error
        except BadModel as error:
            raise BadConfiguration(file, f"[tool.tflint.models] {error}") from error
