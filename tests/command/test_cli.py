"""Flags, exit codes and what goes to which stream, with an engine that says what the test wants."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result

from analyzer import __version__, cli
from analyzer.codes import EXPLAINED
from analyzer.findings import Finding, Severity, Target, Verdict
from analyzer.reports import Failure, Report
from analyzer.settings import OutputFormat, Settings
from tests.command import reports
from tests.command.reports import conversion, finding, model, report, span


@dataclass
class Engine:
    """Answers `report` and remembers what it was asked."""

    report: Report = field(default_factory=Report)
    files: list[Path] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)

    def check(
        self, files: Sequence[Path], settings: Settings, progress: Callable[[str], None], *_: Any, **__: Any
    ) -> Report:
        progress("running")
        self.files.extend(files)
        self.settings.append(settings)
        return replace(self.report, files=len(files))


@dataclass(frozen=True)
class Known:
    code: str
    name: str
    explanation: str = "Keeps Python in the graph.\n\nWhat fails, and why."


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    known = {each.code: each for each in (Known("TFL301", "while-loop"), Known("TFL401", "py-func"))}
    monkeypatch.setattr("analyzer.engine.check", made.check)
    monkeypatch.setattr("analyzer.codes.EXPLAINED", known)
    return made


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("x = 1\n", "utf-8")
    return tmp_path


def tflint(*words: str) -> Result:
    return CliRunner().invoke(cli.main, words, prog_name="tflint")


def test_version() -> None:
    done = tflint("--version")
    assert (done.exit_code, done.stdout) == (0, f"tflint {__version__}\n")


def test_flags_become_settings(engine: Engine, here: Path) -> None:
    done = tflint(
        *("check", "a.py", "--dry-run", "--python", "envs/bin/python", "--ops", "select", "--show-refuted"),
        *("--output-format", "concise", "--select", "TFL4,tfl301", "--ignore", "TFL401", "--fail-on", "info"),
        *("--exit-zero", "--no-cache"),
    )
    assert done.exit_code == 0, done.output
    assert engine.files == [here / "a.py"]
    assert engine.settings == [
        Settings(
            ops="select",
            dry_run=True,
            python=here / "envs/bin/python",
            select=("TFL4", "TFL301"),
            ignore=("TFL401",),
            show_refuted=True,
            cache=False,
            fail_on=Severity.INFO,
            exit_zero=True,
            output_format="concise",
        )
    ]


def test_defaults(engine: Engine, here: Path) -> None:
    assert tflint("check").exit_code == 0
    assert engine.files == [here / "a.py"]
    assert engine.settings == [Settings()]
    assert Settings().python == Path(sys.executable)


def test_a_bare_interpreter_name_is_looked_up(engine: Engine, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "bin").mkdir()
    (here / "bin/mypython").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(here / "bin"))
    tflint("check", "--dry-run", "--python", "mypython")
    assert engine.settings[0].python == here / "bin/mypython"


@pytest.mark.parametrize("target", list(Target))
def test_target(engine: Engine, here: Path, target: Target) -> None:
    assert tflint("check", "--target", target.value).stderr == ""
    assert engine.settings[0].target is target


def test_a_dry_run_speaks_of_what_ran(engine: Engine, here: Path) -> None:
    done = tflint("check", "--dry-run", "--target", "1.15")
    assert done.stderr == (
        "note: a dry run speaks of the TensorFlow that it ran; --target 1.15 counts only where none could be run.\n"
    )
    assert done.exit_code == 0
    assert engine.settings[0].target is Target.V1_15


def test_converters_are_looked_up_each_once(engine: Engine, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "bin").mkdir()
    (here / "bin/mypython").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(here / "bin"))
    flags = ("--converter", "mypython", "--converter", "other/python", "--converter", "mypython")
    assert tflint("check", "--dry-run", *flags, "--target", "2.21").stderr == ""
    (settings,) = engine.settings
    assert settings.converters == (here / "bin/mypython", here / "other/python")
    assert settings.counted is Target.V2_21


def test_flags_without_effect_are_said(engine: Engine, here: Path) -> None:
    done = tflint("check", "--python", sys.executable, "--show-refuted", "--converter", sys.executable)
    flags = ("--python", "--converter", "--show-refuted")
    assert done.stderr == "".join(f"note: {flag} has no effect without --dry-run.\n" for flag in flags)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("check", "--nope"), "No such option"),
        (("check", "--target", "2.0"), "Invalid value for '--target'"),
        (("check", "--select", "E501"), "no rule's code begins with 'E501'."),
        (("check", "--ignore", "TFL401,TFL777"), "no rule's code begins with 'TFL777'."),
        (("check", "--fail-on", "hint"), "Invalid value for '--fail-on'"),
        (("check", "--output-format", "xml"), "Invalid value for '--output-format'"),
        (("rule", "TFL999"), "no rule has the code or name 'TFL999'."),
        (("rule", "TFL3"), "no rule has the code or name 'TFL3'; rules that begin so: TFL301."),
        (("chekc",), "No such command 'chekc'"),
    ],
)
def test_usage_errors_exit_with_2(engine: Engine, here: Path, words: tuple[str, ...], sentence: str) -> None:
    done = tflint(*words)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stdout == ""
    assert engine.files == []


WARNING = finding(span(3, 13, 9))
INFO = replace(WARNING, severity=Severity.INFO)
ERROR = replace(WARNING, severity=Severity.ERROR, verdict=Verdict.CONFIRMED)
UNSETTLED = replace(INFO, verdict=Verdict.INCONCLUSIVE)


@pytest.mark.parametrize(
    ("findings", "flags", "code"),
    [
        ((), (), 0),
        ((INFO,), (), 0),
        ((UNSETTLED,), ("--dry-run",), 0),
        ((WARNING,), (), 1),
        ((ERROR,), (), 1),
        ((WARNING,), ("--fail-on", "error"), 0),
        ((ERROR, WARNING), ("--fail-on", "error"), 1),
        ((INFO,), ("--fail-on", "info"), 1),
        ((ERROR,), ("--exit-zero",), 0),
    ],
)
@pytest.mark.parametrize("output", ["text", "concise", "json", "github", "gitlab", "junit"])
def test_exit_codes(
    engine: Engine, here: Path, findings: tuple[Finding, ...], flags: tuple[str, ...], code: int, output: str
) -> None:
    engine.report = report(*findings)
    assert tflint("check", "--output-format", output, *flags).exit_code == code


def test_what_could_not_be_done_exits_with_2_and_findings_stay(engine: Engine, here: Path) -> None:
    engine.report = replace(report(ERROR), errors=(Failure(None, "the interpreter has no TensorFlow"),))
    for flags in ((), ("--exit-zero",)):
        done = tflint("check", "a.py", "gone.py", *flags)
        assert done.exit_code == 2
        assert "TFL401" in done.stdout
        assert done.stderr == "error: gone.py: no such file or directory\nerror: the interpreter has no TensorFlow\n"


def test_no_file_at_all_claims_nothing(engine: Engine, here: Path) -> None:
    (here / "a.py").unlink()
    done = tflint("check")
    assert (done.exit_code, done.stdout) == (2, "Nothing was checked.\n")
    assert done.stderr == "error: .: no Python file lies in this directory\n"


def test_json_is_all_that_standard_output_gets(engine: Engine, here: Path) -> None:
    engine.report = reports.dict_bug()
    done = tflint("check", "a.py", "gone.py", "--dry-run", "--target", "2.15", "--output-format", "json")
    document = json.loads(done.stdout)
    assert document["errors"] == [{"file": "gone.py", "message": "no such file or directory"}]
    assert [item["rule"] for item in document["findings"]] == ["TFL204"]
    assert done.stderr.startswith("note: ")


def test_concise(engine: Engine, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    multiline = replace(WARNING, message="two\nlines", span=span(2, 1))
    engine.report = report(multiline, ERROR, models=(model(conversion()),))
    monkeypatch.chdir(reports.MODEL.parent)
    done = tflint("check", str(here / "a.py"), "--output-format", "concise")
    assert done.stdout == (
        "model.py:2:1: warning TFL401 py-func-in-exported-graph: two lines [untested]\n"
        "model.py:3:13: error TFL401 py-func-in-exported-graph: runs Python [confirmed]\n"
    )
    assert done.stderr.startswith("1 error, 1 warning · 1 file, 1 model")


@pytest.mark.parametrize("output", get_args(OutputFormat))
def test_a_file_gets_what_standard_output_would(
    engine: Engine, here: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.setattr("analyzer.codes.EXPLAINED", EXPLAINED)
    engine.report = replace(reports.dict_bug(), errors=(Failure(None, "TensorFlow is missing"),))
    printed = tflint("check", "a.py", "--output-format", output)
    filed = tflint("check", "a.py", "--output-format", output, "--output-file", "report")
    assert (filed.exit_code, filed.stdout, filed.stderr) == (2, "", printed.stderr)
    assert (here / "report").read_text("utf-8") == printed.stdout
    assert "TFL204" in printed.stdout
    assert "TensorFlow is missing" in printed.output


DOCUMENTED = (Path(__file__).parents[2] / "docs/formats.md").read_text("utf-8")


@pytest.mark.parametrize("output", get_args(OutputFormat))
def test_every_format_is_documented(output: str) -> None:
    assert f"\n| `{output}` | " in DOCUMENTED


@pytest.mark.parametrize("command", re.findall(r"tflint (check [^'`\n]+)", DOCUMENTED))
def test_the_commands_of_the_documentation_are_right(
    engine: Engine, here: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("analyzer.codes.EXPLAINED", EXPLAINED)
    assert tflint(*command.split()).exit_code == 0


def test_colours_do_not_reach_a_file(engine: Engine, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    engine.report = reports.dict_bug()
    tflint("check", "a.py", "--output-file", "report.txt")
    assert "\x1b" not in (here / "report.txt").read_text("utf-8")


def test_a_file_holds_what_its_encoding_lacks(engine: Engine, here: Path) -> None:
    engine.report = report(replace(WARNING, message="lone \ud800"), source=("x = 'ü'", "", "y"))
    tflint("check", "a.py", "--output-file", "report.txt")
    assert "lone \N{REPLACEMENT CHARACTER}" in (here / "report.txt").read_text("utf-8")
    engine.report = report(models=(model(conversion(converter="tensorflow \udc80")),))
    tflint("check", "a.py", "--dry-run", "--output-file", "report.txt")
    assert "(tried with TensorFlow \\udc80)" in (here / "report.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("gone/report.json", "No such file or directory"),
        ("a.py/report.json", "Not a directory"),
        (".", "Is a directory"),
        ("/dev/full", "No space left on device"),
    ],
)
@pytest.mark.parametrize("flags", [(), ("--exit-zero",), ("--statistics",)])
def test_a_report_that_cannot_be_written_goes_to_standard_output(
    engine: Engine, here: Path, path: str, why: str, flags: tuple[str, ...]
) -> None:
    engine.report = report(ERROR)
    printed = tflint("check", "a.py", "--output-format", "json", *flags)
    done = tflint("check", "a.py", "--output-format", "json", "--output-file", path, *flags)
    assert done.exit_code == 2
    assert done.stdout == printed.stdout
    assert "TFL401" in done.stdout
    assert done.stderr == f"error: {path}: the report cannot be written there and went to standard output: {why}\n"


def test_statistics_take_the_place_of_the_report(engine: Engine, here: Path) -> None:
    engine.report = report(WARNING)
    done = tflint("check", "a.py", "--statistics")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (1, "1  TFL401  py-func-in-exported-graph  1 untested")
    document = json.loads(tflint("check", "a.py", "--statistics", "--output-format", "json").stdout)
    assert [row["rule"] for row in document] == ["TFL401"]


@pytest.mark.parametrize("output", ["sarif", "github", "gitlab", "junit"])
def test_statistics_have_no_such_format(engine: Engine, here: Path, output: str) -> None:
    done = tflint("check", "a.py", "--statistics", "--output-format", output)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"--statistics are text or json: leave out --output-format {output}." in done.stderr
    assert engine.files == []


@pytest.mark.parametrize("word", ["TFL401", "tfl401", "py-func"])
def test_rule(engine: Engine, word: str) -> None:
    done = tflint("rule", word)
    assert (done.exit_code, done.stdout) == (
        0,
        "TFL401 py-func\n\nKeeps Python in the graph.\n\nWhat fails, and why.\n",
    )


@pytest.mark.parametrize(
    ("select", "ignore", "code", "wanted"),
    [
        ((), (), "TFL401", True),
        (("TFL4",), (), "TFL401", True),
        (("TFL4",), (), "TFL301", False),
        ((), ("TFL4",), "TFL401", False),
        ((), ("",), "TFL401", False),
        (("TFL401",), ("TFL4",), "TFL401", True),
        (("TFL4",), ("TFL401",), "TFL401", False),
        (("TFL4",), ("TFL4",), "TFL401", False),
        (("",), ("TFL3",), "TFL401", True),
        (("",), ("TFL3",), "TFL301", False),
    ],
)
def test_the_longest_prefix_decides(select: tuple[str, ...], ignore: tuple[str, ...], code: str, wanted: bool) -> None:
    assert Settings(select=select, ignore=ignore).wants(code) is wanted


def test_interrupted(engine: Engine, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr("analyzer.engine.check", interrupted)
    done = tflint("check")
    assert (done.exit_code, done.stderr.strip()) == (130, "Interrupted.")
