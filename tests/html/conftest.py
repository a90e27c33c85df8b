"""A real browser: Debian's Chromium, installed where that can be done, else the tests are skipped and say so."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
SECONDS = 300


# Not of the session: while Playwright is open its event loop counts as running, and asyncio tests would fail.
@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for the tests of a module."""
    path = _found() or _installed(tmp_path_factory.getbasetemp().parent / "chromium.lock")
    if path is None:
        reason = "THE HTML PAGE WAS NOT TRIED IN A BROWSER: there is no Chromium, and it cannot be installed here"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


def _found() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _installed(lock: Path) -> str | None:
    """Chromium from Debian's archive, where this is root and has apt; by one process of the test run."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return None
    with lock.open("w") as held:
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX)
        if _found() is None:
            for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"]):
                subprocess.run(
                    ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *command],
                    env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=SECONDS,
                    check=False,
                )
    return _found()
