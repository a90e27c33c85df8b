"""Which files a path means, and one sentence for each that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.discovery import Found, find


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """`tmp_path` under a name of its own, so that nothing above it looks hidden or ignored."""
    top = tmp_path / "tree"
    top.mkdir()
    return top


def put(top: Path, *names: str, text: str = "x = 1\n") -> None:
    for name in names:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def names(top: Path, *paths: Path) -> list[str]:
    found = find(paths or (top,))
    assert found.failures == ()
    return [file.relative_to(top).as_posix() for file in found.files]


def sentence(path: Path, *paths: Path) -> str:
    found = find(paths or (path,))
    assert path not in found.files
    (failure,) = found.failures
    assert failure.path == path
    return failure.message


def test_a_directory_is_walked_in_order(tree: Path) -> None:
    put(tree, "b.py", "a/z.py", "a/c.py", "note.txt", "stub.pyi", "a/deep/er/x.py")
    assert names(tree) == ["b.py", "a/c.py", "a/z.py", "a/deep/er/x.py"]


@pytest.mark.parametrize(
    "folder", [".git", ".venv", "venv", "__pycache__", "node_modules", "build", "dist", "x.egg-info", "site-packages"]
)
def test_what_holds_no_sources_of_the_project_is_passed_over(tree: Path, folder: str) -> None:
    put(tree, "a.py", f"{folder}/b.py", f"pkg/{folder}/c.py")
    assert names(tree) == ["a.py"]
    assert names(tree, tree / folder) == [f"{folder}/b.py"], "named, it is meant"


def test_a_virtual_environment_is_known_by_its_marker(tree: Path) -> None:
    put(tree, "a.py", "mine/pyvenv.cfg", "mine/lib/b.py", "conda/conda-meta/history", "conda/c.py")
    assert names(tree) == ["a.py"]


def test_an_editors_lock_file_is_passed_over(tree: Path) -> None:
    put(tree, "a.py")
    (tree / ".#a.py").symlink_to("someone@somewhere.1234")
    assert names(tree) == ["a.py"]


def test_what_git_ignores_is_passed_over(tree: Path) -> None:
    put(tree, "a.py", "gen_x.py", "out/b.py", "pkg/gen_y.py", "pkg/gen_keep.py", "deep/out/c.py", ".git/HEAD")
    put(tree, ".gitignore", text="gen_*.py\n/out/\n")
    put(tree / "pkg", ".gitignore", text="!gen_keep.py\n")
    assert names(tree) == ["a.py", "deep/out/c.py", "pkg/gen_keep.py"]
    assert names(tree, tree / "pkg") == ["pkg/gen_keep.py"], "the ignores above a folder hold for it"
    assert names(tree, tree / "gen_x.py") == ["gen_x.py"], "named, it is meant"


def test_outside_a_repository_ignores_above_do_not_hold(tree: Path) -> None:
    put(tree, "pkg/a.py")
    put(tree, ".gitignore", text="*.py\n")
    assert names(tree, tree / "pkg") == ["pkg/a.py"]


def test_a_file_counts_once(tree: Path) -> None:
    put(tree, "pkg/a.py", "pkg/b.py")
    (tree / "link.py").symlink_to("pkg/a.py")
    assert names(tree, tree / "pkg/a.py", tree, tree / "pkg") == ["pkg/a.py", "pkg/b.py"]


def test_a_named_file_needs_no_suffix(tree: Path) -> None:
    put(tree, "train")
    assert names(tree, tree / "train") == ["train"]


def test_paths_are_made_absolute(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tree, "a.py")
    monkeypatch.chdir(tree)
    assert find([Path("a.py")]) == Found((tree / "a.py",), frozenset(), ())
    assert find([Path()]) == Found((tree / "a.py",), frozenset([str(tree / "a.py")]), ())


def test_links_to_directories_do_not_go_round(tree: Path) -> None:
    put(tree, "pkg/a.py")
    (tree / "pkg/up").symlink_to("..")
    (tree / "around").symlink_to(".")
    assert names(tree) == ["pkg/a.py"]


def test_an_empty_file_is_a_file(tree: Path) -> None:
    put(tree, "a.py", text="")
    assert names(tree) == ["a.py"]


def test_no_such_path(tree: Path) -> None:
    assert sentence(tree / "gone.py") == "no such file or directory"


def test_a_directory_without_python(tree: Path) -> None:
    put(tree, "readme.md", "venv/a.py")
    assert sentence(tree) == "no Python file lies in this directory"


def test_a_link_to_itself_and_one_to_nowhere(tree: Path) -> None:
    (tree / "loop.py").symlink_to("loop.py")
    assert "symbolic links" in sentence(tree / "loop.py", tree)
    (tree / "loop.py").unlink()
    (tree / "gone.py").symlink_to("nothing.py")
    assert sentence(tree / "gone.py", tree) == "the link points nowhere"


def test_a_pipe_does_not_hang(tree: Path) -> None:
    os.mkfifo(tree / "a.py")
    assert sentence(tree / "a.py", tree) == "not a regular file"


def test_a_folder_that_cannot_be_read_hides_no_other(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tree, "a.py", "also/c.py", "shut/b.py")
    scandir = os.scandir

    def scan(path: str) -> object:
        # Permissions do not stop root, so the refusal is made.
        if Path(path) == tree / "shut":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scan)
    found = find([tree / "gone", tree])
    assert [file.relative_to(tree).as_posix() for file in found.files] == ["a.py", "also/c.py"]
    assert [(failure.path, failure.message) for failure in found.failures] == [
        (tree / "gone", "no such file or directory"),
        (tree / "shut", "cannot be read: Permission denied"),
    ]


def test_what_was_named_is_told_from_what_was_walked(tree: Path) -> None:
    put(tree, "a.py", "pkg/b.py", "pkg/c.py")
    found = find([tree / "pkg/c.py", tree])
    assert found.walked == {str(tree / "a.py"), str(tree / "pkg/b.py")}
    assert {str(file) for file in found.files} - found.walked == {str(tree / "pkg/c.py")}
