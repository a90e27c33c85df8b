"""The environment of a program that is dry-run: what a TensorFlow needs, and no secret.

A list of what is passed on, for no list of secrets is ever complete. Beside the known names it has those that name a
folder, as programs are told by them where data and models lie (DATA_DIR, SM_MODEL_DIR).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

KNOWN = re.compile(
    r"HOME|USER|LOGNAME|USERNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|PWD"
    r"|(DY)?LD_LIBRARY_PATH|VIRTUAL_ENV|CONDA_(PREFIX|DEFAULT_ENV)|PYENV_\w+"
    r"|PYTHON(PATH|HOME|USERBASE|UTF8|HASHSEED|IOENCODING|NOUSERSITE|SAFEPATH)"
    r"|(TF|TFLITE|XLA|KERAS|ABSL|OMP|KMP|GOMP|MKL|OPENBLAS|NUMEXPR|NUMBA)_\w+"
    r"|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|NUMBER_OF_PROCESSORS"
)
SECRET = re.compile(r"TOKEN|SECRET|PASS(W|PHRASE|$)|KEY|CREDENTIAL|AUTH|COOKIE|PRIVATE|CERT", re.IGNORECASE)
WITHHELD = frozenset({"TF_CONFIG"})
"""Would make an Estimator of one worker among many."""


def of_worker(python: Path, scratch: Path) -> Mapping[str, str]:
    """What the user's interpreter inherits: no GPU, a quiet TensorFlow, the interpreter's own tools on PATH."""
    return passed_on() | {
        "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)]),
        "TMPDIR": str(scratch),
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
    }


def passed_on() -> dict[str, str]:
    """The variables of this process that a program may see."""
    return {name: value for name, value in os.environ.items() if _is_passed_on(name, value)}


def _is_passed_on(name: str, value: str) -> bool:
    if name in WITHHELD or SECRET.search(name):
        return False
    return KNOWN.fullmatch(name) is not None or (Path(value).is_absolute() and Path(value).is_dir())
