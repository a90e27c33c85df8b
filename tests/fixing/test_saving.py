"""Files read and written back: encoding, byte order mark, mode, links."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from analyzer import saving


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\n",
        b"x = 1",
        b"",
        b"\xef\xbb\xbfx = '\xc3\xbc'\r\n",
        b"# -*- coding: latin-1 -*-\nx = '\xfc'\r",
        b"\tx = 1\n\x0c\ny = 2\r\n",
    ],
)
def test_bytes_are_kept(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "program.py"
    path.write_bytes(data)
    stored = saving.read(path)
    saving.write(stored, stored.text)
    assert path.read_bytes() == data


def test_mode_and_link_are_kept_and_nothing_else_is_left(tmp_path: Path) -> None:
    path, link = tmp_path / "program.py", tmp_path / "link.py"
    path.write_text("x = 1\n")
    path.chmod(0o751)
    link.symlink_to(path)
    saving.write(saving.read(link), "x = 2\n")
    assert link.is_symlink()
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("x = 2\n", 0o751)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.py", "program.py"]


def test_a_character_that_the_encoding_lacks_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_bytes(b"# coding: ascii\nx = 1\n")
    with pytest.raises(UnicodeEncodeError):
        saving.write(saving.read(path), "x = 'ü'\n")
    assert path.read_bytes() == b"# coding: ascii\nx = 1\n"


def test_read_only(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text("x = 1\n")
    assert not saving.is_read_only(path)
    path.chmod(0o444)
    assert saving.is_read_only(path)
