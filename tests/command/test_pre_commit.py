"""The hook under the real pre-commit: it installs tflint without TensorFlow, fails on a fault and passes without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pre_commit.clientlib import load_manifest

ROOT = Path(__file__).resolve().parents[2]
FAULT = """import tensorflow.compat.v1 as tf


def model_fn(features, labels, mode):
    y = tf.py_func(lambda v: v, [features["x"]], tf.float32)
    return tf.estimator.EstimatorSpec(mode, predictions={"y": y})


def receiver():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


tf.estimator.Estimator(model_fn).export_saved_model("out", receiver)
"""


def run(*words: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHONPATH"))}
    environment = {**kept, "PRE_COMMIT_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose hook is this checkout's last commit."""
    here = tmp_path_factory.mktemp("hooked")
    head = run("git", "rev-parse", "HEAD", cwd=ROOT, home=here)
    if head.returncode:
        pytest.skip("this is no Git checkout, and pre-commit installs hooks from one")
    for words in (("init", "-q"), ("config", "user.email", "a@b.example"), ("config", "user.name", "a")):
        run("git", *words, cwd=here, home=here)
    config = {"repos": [{"repo": str(ROOT), "rev": head.stdout.strip(), "hooks": [{"id": "tflint"}]}]}
    (here / ".pre-commit-config.yaml").write_text(json.dumps(config), "utf-8")
    return here


def hook(repository: Path) -> subprocess.CompletedProcess[str]:
    run("git", "add", "-A", cwd=repository, home=repository)
    return run(sys.executable, "-m", "pre_commit", "run", "--all-files", cwd=repository, home=repository / ".home")


def test_it_fails_on_a_fault_and_passes_without_one(repository: Path) -> None:
    (repository / ".gitignore").write_text(".home/\n", "utf-8")
    (repository / "train.py").write_text(FAULT, "utf-8")
    (repository / "plain.py").write_text("x = 1\n", "utf-8")
    failed = hook(repository)
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert "train.py:5:9 warning TFL401 py-func-in-exported-graph" in failed.stdout
    (repository / "train.py").write_text(
        FAULT.replace("tf.py_func(lambda v: v, [", "tf.identity(").replace("], tf.float32)", ")")
    )
    passed = hook(repository)
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_both_hooks_are_offered() -> None:
    offered = {hook["id"]: hook for hook in load_manifest(ROOT / ".pre-commit-hooks.yaml")}
    assert offered.keys() == {"tflint", "tflint-dry-run"}
    assert "--dry-run" not in offered["tflint"]["entry"]
    assert offered["tflint-dry-run"]["stages"] == ["manual"], "code runs only where it is asked for"
