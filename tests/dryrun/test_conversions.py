"""Reading refusals and flatbuffers, and finding the lines behind a node."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

from analyzer.dryrun import conversions
from analyzer.dryrun.conversions import By
from analyzer.dryrun.processes import Ended
from analyzer.dryrun.protocol import BuiltModel, Frame, Op, SignatureDef
from analyzer.dryrun.scratch import working_folder
from analyzer.dryrun.worker import converting, flatbuffer, views

LINE = (Frame("/p/model.py", 7, "model_fn"),)
OTHER = (Frame("/p/model.py", 9, "model_fn"),)
TOCO = (
    "Some of the operators in the model are not supported by the standard TensorFlow Lite runtime. Here is a list of "
    "builtin operators you are using: ADD. Here is a list of operators for which you will need custom implementations: "
    "AsString, DecodeRaw.\nTraceback (most recent call last):"
)


def op(name: str, kind: str, frames: tuple[Frame, ...] = LINE, within: str = "", live: bool = True) -> Op:
    return Op(name, kind, frames, live, "model", within)


def refused(node: str, kind: str, *ops: Op) -> list[tuple[str, tuple[Frame, ...]]]:
    told = {
        "profile": "builtins",
        "signature": "s",
        "outcome": "refused",
        "refused": [{"type": kind, "node": node, "kind": "custom"}],
    }
    built = BuiltModel(ops=ops, signatures=(SignatureDef("s", (), ()),))
    converted = conversions.convert(
        built, Path("/none"), ("builtins",), By("2.15.1", lambda *_, **__: Ended("done", result=told))
    )
    return [(one.node, one.frames) for one in converted.results[0].refused]


def test_a_node_at_top_level_is_found_by_name() -> None:
    assert refused("a/b", "X", op("a/b", "X"), op("b", "X", OTHER)) == [("a/b", LINE)]


def test_a_node_in_a_body_is_found_by_name_and_function() -> None:
    ops = (op("b", "X", OTHER), op("b", "X", LINE, "while_body_4"))
    assert refused("b@while_body_4", "X", *ops) == [("b@while_body_4", LINE)]
    assert refused("b@while_body_4_rewritten", "X", *ops) == [("b@while_body_4_rewritten", LINE)]


def test_without_a_node_every_live_op_of_the_type_is_meant_once_a_line() -> None:
    ops = (op("a", "X"), op("b", "X"), op("c", "X", OTHER), op("d", "X", (), live=True), op("e", "Y", OTHER))
    assert refused("", "X", *ops) == [("a", LINE), ("c", OTHER)]


def test_a_refusal_nobody_wrote_stays_without_lines() -> None:
    assert refused("z", "X", op("a", "Y")) == [("z", ())]


def test_a_conversion_without_a_name_is_not_done_twice() -> None:
    asked: list[str | None] = []

    def stage(name: str, what: str, **more: str | None) -> Ended:
        asked.append(more["signature"])
        return Ended("timeout")

    built = BuiltModel(signatures=(SignatureDef("serving_default", (), ()),))
    one = conversions.convert(built, Path("/none"), ("builtins",), By("1.15.5", stage))
    assert asked == ["serving_default"]
    assert [result.signature for result in one.results] == ["serving_default", None]
    assert one.results[1] == replace(one.results[0], signature=None)
    assert one.results[0].outcome == "timeout"
    conversions.convert(built, Path("/none"), ("builtins",), By("2.15.1", stage))
    assert asked == ["serving_default"] * 2


def test_several_signatures_are_converted_once_more_without_a_name() -> None:
    asked: list[str | None] = []

    def stage(name: str, what: str, **more: str | None) -> Ended:
        asked.append(more["signature"])
        return Ended("timeout")

    built = BuiltModel(signatures=(SignatureDef("a", (), ()), SignatureDef("b", (), ())))
    conversions.convert(built, Path("/none"), ("builtins",), By("2.15.1", stage))
    assert asked == ["a", "b", None]


def test_words_of_toco_are_read() -> None:
    assert converting._from_words(TOCO) == [
        {"type": "AsString", "node": "", "kind": "custom"},
        {"type": "DecodeRaw", "node": "", "kind": "custom"},
    ]
    both = "TensorFlow Lite currently doesn't support control flow ops: Merge, Switch. We are working on it. " + TOCO
    assert [one["type"] for one in converting._from_words(both)] == ["AsString", "DecodeRaw", "Merge", "Switch"]


def test_words_of_mlir_are_read() -> None:
    text = (
        'error: loc(fused["FloorDiv:", "hour/floordiv"]): \'tf.FloorDiv\' op is neither a custom op nor a flex op\n'
        "error: failed while converting: 'main': Some ops are not supported\nTF Select ops: FloorDiv\nDetails: ..."
    )
    assert converting._from_words(text) == [{"type": "FloorDiv", "node": "hour/floordiv", "kind": "select"}]


def table(*fields: bytes) -> bytes:
    """A flatbuffer table of these inline fields, after its own vtable."""
    vtable = struct.pack("<HH", 4 + 2 * len(fields), 4 + sum(map(len, fields)))
    place = 4
    for field in fields:
        vtable += struct.pack("<H", place)
        place += len(field)
    return vtable + struct.pack("<i", len(vtable)) + b"".join(fields)


def test_scalar_fields_of_a_table_are_read_and_missing_ones_are_0() -> None:
    data = table(struct.pack("<I", 7))
    read = flatbuffer.Table(data, 6)
    assert (read.number(0, "I"), read.number(1, "I"), read.tables(3), read.text(2)) == (7, 0, [], "")


def test_builtin_names_stand_at_their_numbers() -> None:
    numbers = {"ADD": 0, "CUSTOM": 32, "WHILE": 119, "GELU": 150, "BATCH_MATMUL": 126, "CALL_ONCE": 129}
    assert {name: flatbuffer.NAMES.index(name) for name in numbers} == numbers


def test_attribute_chains_on_tensorflow_are_found(tmp_path: Path) -> None:
    import ast

    tree = ast.parse("import tensorflow as tf, os\ntf.a.b(os.path.c)\nx = tf.d\n")
    assert sorted(views._chains(tree)) == [["a"], ["a", "b"], ["d"]]


def test_a_working_folder_shows_the_program_s_files_and_the_project_s(tmp_path: Path) -> None:
    project, scratch = tmp_path / "project", tmp_path / "scratch"
    (project / "pkg" / "data").mkdir(parents=True)
    (project / ".git").mkdir()
    (project / "notes.txt").write_text("project")
    (project / "pkg" / "notes.txt").write_text("package")
    (project / "pkg" / "data" / "x.csv").write_text("1")
    scratch.mkdir()
    folder = working_folder(project / "pkg" / "main.py", project, scratch)
    assert (folder / "notes.txt").read_text() == "package"
    assert (folder / "data" / "x.csv").read_text() == (folder / "pkg" / "data" / "x.csv").read_text() == "1"
    assert not (folder / ".git").exists()
    (folder / "data" / "x.csv").write_text("2")
    assert (project / "pkg" / "data" / "x.csv").read_text() == "1"
