"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import tensorflows


@pytest.fixture(autouse=True, scope="session")
def _nothing_remembered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads what another run remembered, nor writes to the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def tensorflow_1_15() -> Path:
    """A Python 3.7 with TensorFlow 1.15.5."""
    return tensorflows.interpreter(tensorflows.V1_15)


@pytest.fixture(scope="session")
def tensorflow_2_21() -> Path:
    """A Python 3.12 with TensorFlow 2.21.0, which has no tf.estimator."""
    return tensorflows.interpreter(tensorflows.V2_21)
