"""The `tflint` command."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
from click.core import ParameterSource

from analyzer import __version__
from analyzer.asides import note
from analyzer.findings import Severity, Target
from analyzer.reporting.selection import relative
from analyzer.settings import FAIL_ON, Fixes, Ops, OutputFormat, PerFile, Profile, Sandbox, Settings

if TYPE_CHECKING:
    from analyzer.configuration import Configurations


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tflint", message="%(prog)s %(version)s")
def main() -> None:
    """Find what keeps a tf.estimator program from becoming a TensorFlow Lite model, and prove it."""


def _codes(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The prefixes of `--select TFL1,TFL401 --select ...`, each the beginning of a code that exists."""
    prefixes = [prefix for value in values for part in value.split(",") if (prefix := part.strip().upper())]
    if not prefixes:
        return ()
    from analyzer.configuration import EVERYTHING, unknown_code

    if wrong := unknown_code(prefixes):
        raise click.BadParameter(f"no rule's code begins with {wrong!r}.")
    return tuple("" if prefix == EVERYTHING else prefix for prefix in prefixes)


def _per_file(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[PerFile, ...]:
    """`a/**:TFL1,TFL401,b.py:ALL`: a part without a colon is another code of the pattern before it."""
    codes_of: dict[str, list[str]] = {}
    for value in values:
        pattern = ""
        for part in value.split(","):
            before, _, code = part.rpartition(":")
            pattern = before.strip() or pattern
            if not (pattern and code.strip()):
                raise click.BadParameter(f"{value!r} is not PATTERN:CODES, such as 'legacy/**:TFL3,TFL401'.")
            codes_of.setdefault(pattern, []).append(code)
    return tuple(PerFile(pattern, _codes(context, parameter, tuple(codes))) for pattern, codes in codes_of.items())


def _interpreter(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Path | None:
    return None if value is None else _located(value)


def _interpreters(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(map(_located, values)))


def _located(value: str) -> Path:
    """A bare name is looked up as a shell would."""
    found = shutil.which(value) if Path(value).name == value else None
    return Path(os.path.abspath(found or value))


def _absolute(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path | None:
    return None if value is None else Path(os.path.abspath(value))


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Build, export, convert and run each model with the real TensorFlow.")
@click.option(
    "--python",
    callback=_interpreter,
    metavar="PATH",
    help="Interpreter of dry runs.  [default: the one tflint runs in]",
)
@click.option(
    "--converter",
    "converters",
    multiple=True,
    callback=_interpreters,
    metavar="PATH",
    help="Another interpreter: its TensorFlow converts, too, what dry runs build.  [may be repeated]",
)
@click.option(
    "--sandbox",
    type=click.Choice(get_args(Sandbox)),
    default="auto",
    show_default=True,
    help="Keep dry runs from your files and the network: as far as can be here, wholly or not at all, or not.",
)
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    type=click.Choice(get_args(Profile)),
    help="Also convert so: int8 quantizes all of the model, with representative data that is made up.",
)
@click.option(
    "--save-tflite",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep there what a dry run converts, by model, signature and profile; the weights are placeholders.",
)
@click.option(
    "--target",
    type=click.Choice([target.value for target in Target]),
    callback=lambda _context, _parameter, value: Target(value) if value else None,
    help="Converter version that static analysis speaks of; of several --converter the one whose verdicts count.  "
    f"[default: {Settings().target.value}; all]",
)
@click.option(
    "--ops", type=click.Choice(get_args(Ops)), default="builtins", show_default=True, help="Ops of the device."
)
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path),
    callback=_absolute,
    metavar="FILE",
    help="Check what comes on standard input as if it lay there; --fix writes it to standard output.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="Write the safe edits, of findings that the dry run confirmed or that are certain and were not run; not of "
    "those that it refuted or could not settle. Then report what is left.",
)
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="With --fix or --diff: also the edits that change more than the export, and those of findings that may be.",
)
@click.option("--diff", is_flag=True, help="Write nothing; print what --fix would change, and exit with 1 if anything.")
@click.option("--show-refuted", is_flag=True, help="Show the suspicions that the dry run refuted, too.")
@click.option(
    "--output-format",
    type=click.Choice(get_args(OutputFormat)),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option(
    "--output-file",
    type=click.Path(path_type=Path),
    help="Where the report is written.  [default: standard output]",
)
@click.option("--statistics", is_flag=True, help="Print counts by rule instead of findings (text or json).")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    callback=_absolute,
    metavar="FILE",
    help="Findings that are known: only others count.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path),
    callback=_absolute,
    metavar="FILE",
    help="Keep what is found as known.",
)
@click.option("--select", multiple=True, callback=_codes, metavar="CODES", help="Only codes that begin so.")
@click.option("--extend-select", multiple=True, callback=_codes, metavar="CODES", help="These beside the selected.")
@click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="No codes that begin so.")
@click.option(
    "--per-file-ignores",
    multiple=True,
    callback=_per_file,
    metavar="PATTERN:CODES",
    help="No codes that begin so in files that match.",
)
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Pass over what Git would match by this pattern.")
@click.option("--force-exclude", is_flag=True, help="Pass over excluded files although they are named.")
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in FAIL_ON]),
    default="warning",
    callback=lambda _context, _parameter, value: Severity(value),
    show_default=True,
    help="Exit with 1 from this severity on.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever was found.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1),
    metavar="N",
    help="Processes that analyse files.  [default: one a processor]",
)
@click.option("--no-cache", is_flag=True, help="Neither read nor write what is remembered of checks and dry runs.")
@click.option("--cache-dir", type=click.Path(path_type=Path), help="Where it remembers.  [default: your cache folder]")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with [tool.tflint], for every pyproject.toml.",
)
@click.option("--isolated", is_flag=True, help="Read no pyproject.toml.")
@click.option("--show-settings", is_flag=True, help="Print the settings of the files, and check nothing.")
def check(
    paths: tuple[Path, ...],
    dry_run: bool,
    python: Path | None,
    converters: tuple[Path, ...],
    target: Target | None,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    show_refuted: bool,
    stdin_filename: Path | None,
    output_format: OutputFormat,
    statistics: bool,
    jobs: int | None,
    no_cache: bool,
    cache_dir: Path | None,
    config: Path | None,
    isolated: bool,
    force_exclude: bool,
    show_settings: bool,
    **said: Any,
) -> None:
    """Check files and directories (the current one if none is named; - is standard input).

    \b
    Exit codes: 0  nothing at or above --fail-on
                1  something is
                2  could not do what was asked
    """
    from analyzer import checking
    from analyzer.configuration import BadConfiguration, Configurations
    from analyzer.following import processors

    if config is not None and isolated:
        raise click.UsageError("--isolated reads no configuration and --config names one: give one of them.")
    if statistics and output_format not in ("text", "concise", "json"):
        raise click.UsageError(f"--statistics are text or json: leave out --output-format {output_format}.")
    stdin = _stdin(paths, stdin_filename)
    if said["write_baseline"] is not None:
        _writes_baseline(said["write_baseline"], said["baseline"], fix or diff, stdin is not None)
    context = click.get_current_context()
    given = {name: context.params[name] for name in CONFIGURABLE if _is_given(context, name)}
    given |= {
        "dry_run": dry_run,
        "python": python or Settings().python,
        "converters": converters,
        "profiles": said["profiles"],
        "save_tflite": Path(os.path.abspath(said["save_tflite"])) if said["save_tflite"] else None,
        "counted": target if converters else None,
        "sandbox": said["sandbox"],
        "output_file": said["output_file"],
        "statistics": statistics,
        "exit_zero": said["exit_zero"],
        "write_baseline": said["write_baseline"],
        "fix": _fixes(fix, unsafe_fixes, diff, output_format),
        "unsafe_fixes": unsafe_fixes,
        "jobs": jobs or processors(),
        "cache": not no_cache,
        "cache_dir": cache_dir,
    }
    configurations = Configurations(given, config, isolated)
    try:
        settings = configurations.of_folder(stdin.parent if stdin is not None else Path.cwd())
        if show_settings:
            _show_settings((stdin,) if stdin is not None else paths or (Path(),), configurations)
            return
    except BadConfiguration as error:
        click.echo(f"error: {relative(error.file)}: {error}", err=True)
        raise click.exceptions.Exit(2) from None
    if dry_run and target and not converters:
        unheard = f"--target {target.value} counts only where none could be run"
        note(f"a dry run speaks of the TensorFlow that it ran; {unheard}")
    of_dry_runs = (
        ("--python", python),
        ("--converter", converters),
        ("--profile", said["profiles"]),
        ("--save-tflite", said["save_tflite"]),
        ("--sandbox", _is_given(context, "sandbox")),
        ("--show-refuted", show_refuted),
    )
    for flag, is_said in of_dry_runs:
        if is_said and not dry_run:
            note(f"{flag} has no effect without --dry-run")
    try:
        report = checking.run(paths or (Path(),), settings, configurations, force_exclude, stdin)
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        raise click.exceptions.Exit(130) from None
    sys.exit(checking.exit_code(report, settings))


CONFIGURABLE = (
    "target", "ops", "select", "extend_select", "ignore", "exclude", "show_refuted", "fail_on", "output_format",
    "baseline", "per_file_ignores",
)  # fmt: skip
"""Flags that a pyproject.toml may say, too."""


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT


def _show_settings(paths: tuple[Path, ...], configurations: Configurations) -> None:
    """Print what is in force for each path, and the file that says so. Raises BadConfiguration."""
    for path in paths:
        here = Path(os.path.abspath(path))
        settings = configurations.of_folder(here if here.is_dir() else here.parent)
        by = relative(settings.configured_by) if settings.configured_by else "no file"
        click.echo(f"{relative(here)}: configured by {by}")
        for known in fields(settings):
            if known.name != "configured_by":
                click.echo(f"  {known.name.replace('_', '-')} = {_told(getattr(settings, known.name))}")


def _told(value: object) -> str:
    match value:
        case Enum():
            return str(value.value)
        case PerFile():
            return f"{value.pattern}: {', '.join(value.codes)}"
        case tuple():
            return ", ".join(_told(item) for item in value) or "none"
        case _:
            return str(value)


def _fixes(fix: bool, unsafe: bool, diff: bool, output_format: OutputFormat) -> Fixes:
    """What is done with edits; a usage error where that cannot be told."""
    if fix and diff:
        raise click.UsageError("--fix writes the edits and --diff writes nothing: give one of them.")
    if diff and output_format != "text":
        raise click.UsageError(f"--diff prints diffs, not a report: leave out --output-format {output_format}.")
    if unsafe and not (fix or diff):
        note("--unsafe-fixes has no effect without --fix or --diff")
    return "write" if fix else "show" if diff else "none"


def _stdin(paths: tuple[Path, ...], filename: Path | None) -> Path | None:
    """The file that standard input stands for, None where that is not read; a usage error where there can be none."""
    if filename is None and Path("-") not in paths:
        return None
    if any(path != Path("-") for path in paths):
        raise click.UsageError("standard input is checked alone: name no other path.")
    file = filename or Path.cwd() / "-"
    if file.is_dir():
        raise click.UsageError(f"--stdin-filename must name a file, and {relative(file)} is a folder.")
    if not file.parent.is_dir():
        raise click.UsageError(f"--stdin-filename must name a file in a folder: there is no {relative(file.parent)}.")
    return file


def _writes_baseline(file: Path, other: Path | None, fixes: bool, piped: bool) -> None:
    """A usage error where something else was asked for that does not go with it."""
    if piped:
        raise click.UsageError("--write-baseline keeps what is found in files, not on standard input.")
    if fixes:
        raise click.UsageError("--write-baseline keeps what is found and --fix mends it: give one of them.")
    if other is not None and other != file:
        raise click.UsageError("--baseline reads one file and --write-baseline writes another: give one of them.")


@main.command()
@click.argument("code", required=False)
@click.option("--all", "every", is_flag=True, help="List every rule.")
def rule(code: str | None, every: bool) -> None:
    """Explain a rule, by its code or its name."""
    from analyzer.codes import EXPLAINED

    if (code is None) is not every:
        raise click.UsageError("give the CODE of one rule, or --all.")
    if code is None:
        for known in EXPLAINED.values():
            click.echo(f"{known.code}  {known.name}\n        {known.summary}")
        return
    wanted = code.strip()
    found = EXPLAINED.get(wanted.upper()) or next(
        (known for known in EXPLAINED.values() if known.name == wanted.lower()), None
    )
    if found is None:
        near = [known for known in EXPLAINED if known.startswith(wanted.upper())]
        hint = f"; rules that begin so: {', '.join(near)}" if near else ""
        raise click.BadParameter(f"no rule has the code or name {wanted!r}{hint}.", param_hint="CODE")
    click.echo(f"{found.code} {found.name}\n\n{found.explanation}")


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell: `eval "$(tflint completion bash)"`."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.ClickException(f"click knows no completion for {shell}.")
    click.echo(found(main, {}, "tflint", "_TFLINT_COMPLETE").source())


@main.command()
def server() -> None:
    """Serve an editor on standard input and output (Language Server Protocol)."""
    from lsp_server.server import start

    start()
