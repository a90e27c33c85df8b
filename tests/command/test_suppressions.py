"""Comments that silence findings, and those that silence nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analyzer import cli
from analyzer.suppressions import EVERY_LINE, read

PROGRAM = """import tensorflow.compat.v1 as tf

def model_fn(features, labels, mode):
    y = tf.py_func(lambda v: v, [features["x"]], tf.float32){same}
{before}
    z = tf.py_func(
        lambda v: v,{inside}
        [y], tf.float32){end}
    return tf.estimator.EstimatorSpec(mode, predictions={{"z": z}})

def receiver():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({{"x": x}}, {{"x": x}})

tf.estimator.Estimator(model_fn).export_saved_model("out", receiver)
"""


def lines(text: str) -> list[tuple[range, tuple[str, ...]]]:
    return [(found.lines, found.codes) for found in read(Path("a.py"), text.split("\n"))]


def found(folder: Path, *words: str, **comments: str) -> list[tuple[str, int]]:
    text = PROGRAM.format_map({"same": "", "before": "", "inside": "", "end": ""} | comments)
    (folder / "a.py").write_text(text, "utf-8")
    command = ["check", str(folder / "a.py"), "--no-cache", "--isolated", "--output-format", "json", *words]
    done = CliRunner().invoke(cli.main, command)
    document: dict[str, Any] = json.loads(done.stdout)
    return [(finding["rule"], finding["line"]) for finding in document["findings"]]


BOTH = [("TFL401", 4), ("TFL401", 6)]


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "x = '# noqa: TFL401'",
        'x = """\n# tflint: ignore[TFL401]\n"""',
        "x = 1  # noqa: E501",
        "x = 1  # noqa:E501,W605",
        "x = 1  # tflint is great",
        "x = 1  # nota: TFL401",
        "x = 1  # tflint: ignored",
    ],
)
def test_no_suppression(text: str) -> None:
    assert [codes for _, codes in lines(text) if codes] == []
    assert all(not codes for _, codes in lines(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1  # noqa", [(range(1, 2), ())]),
        ("x = 1  # noqa: TFL401", [(range(1, 2), ("TFL401",))]),
        ("x = 1  # NOQA:E501,TFL401 , TFL3", [(range(1, 2), ("TFL401", "TFL3"))]),
        ("x = 1  # tflint: ignore", [(range(1, 2), ())]),
        ("x = 1  # type: ignore  # tflint: ignore[TFL401]", []),
        ("x = 1  # tflint: ignore[TFL401, print-in-exported-graph] it is fine", [(range(1, 2), ("TFL401", "print-in-exported-graph"))]),
        ("x = (\n  1)  # tflint: ignore[TFL401]", [(range(1, 3), ("TFL401",))]),
        ("x = (\n  1,  # tflint: ignore[TFL401]\n  2)", [(range(2, 3), ("TFL401",))]),
        ("# tflint: ignore[TFL401]\n\n# why\nx = (\n 1)", [(range(4, 6), ("TFL401",))]),
        ("# noqa: TFL401\nx = 1", [(range(1, 2), ("TFL401",))]),
        ("x = 1\n# tflint: ignore-file[TFL4] old code\n", [(EVERY_LINE, ("TFL4",))]),
        ("x = 1  # tflint: ignore[TFL401]\ny = (", [(range(1, 2), ("TFL401",))]),
    ],
)  # fmt: skip
def test_what_a_comment_speaks_for(text: str, expected: list[tuple[range, tuple[str, ...]]]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize(
    ("comments", "left"),
    [
        ({}, BOTH),
        ({"same": "  # noqa: E501"}, BOTH),
        ({"same": "  # noqa"}, BOTH[1:]),
        ({"same": "  # noqa: TFL401"}, BOTH[1:]),
        ({"same": "  # tflint: ignore[TFL4] measured elsewhere"}, BOTH[1:]),
        ({"same": "  # tflint: ignore[py-func-in-exported-graph]"}, BOTH[1:]),
        ({"before": "    # tflint: ignore[TFL401]"}, BOTH[:1]),
        ({"end": "  # noqa: TFL401"}, BOTH[:1]),
        ({"before": "# tflint: ignore-file"}, []),
        ({"before": "# tflint: ignore-file[TFL401]"}, []),
        ({"same": "  # noqa: TFL402"}, [("TFL004", 4), *BOTH]),
        ({"same": "  # tflint: ignore[no-such-rule]"}, [("TFL004", 4), *BOTH]),
        ({"inside": "  # tflint: ignore[TFL401]"}, [*BOTH, ("TFL004", 7)]),
        ({"before": "# tflint: ignore-file[TFL5]"}, [BOTH[0], ("TFL004", 5), BOTH[1]]),
        ({"same": "  # noqa: TFL902"}, BOTH),
    ],
)
def test_what_is_left(tmp_path: Path, comments: dict[str, str], left: list[tuple[str, int]]) -> None:
    assert sorted(found(tmp_path, **comments)) == sorted(left)


def test_what_is_not_looked_for_cannot_be_missing(tmp_path: Path) -> None:
    assert found(tmp_path, "--select", "TFL401,TFL004", same="  # noqa: TFL301") == BOTH
    assert found(tmp_path, "--ignore", "TFL004", same="  # noqa: TFL301") == BOTH


def test_a_comment_in_an_imported_file_holds_there(tmp_path: Path) -> None:
    head, tail = PROGRAM.format(same="  # noqa: TFL401", before="", inside="", end="").split("\ndef receiver")
    (tmp_path / "net.py").write_text(head + "\n", "utf-8")
    (tmp_path / "main.py").write_text(
        "import tensorflow.compat.v1 as tf\nfrom net import model_fn\n\ndef receiver" + tail, "utf-8"
    )
    done = CliRunner().invoke(cli.main, ["check", str(tmp_path / "main.py"), "--isolated", "--output-format", "json"])
    assert [finding["line"] for finding in json.loads(done.stdout)["findings"]] == [6]


def test_an_unused_one_is_removed_by_fix(tmp_path: Path) -> None:
    found(tmp_path, "--select", "TFL3,TFL004", "--fix", same="  # tflint: ignore[TFL3]")
    assert "tflint: ignore" not in (tmp_path / "a.py").read_text("utf-8")


def test_the_last_line_counts_what_is_silenced(tmp_path: Path) -> None:
    found(tmp_path, same="  # noqa: TFL401")
    done = CliRunner().invoke(cli.main, ["check", str(tmp_path / "a.py"), "--isolated"])
    assert "1 silenced by comments" in done.output
