"""A sample of the support table, measured again in the TensorFlow that runs the tests."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.findings import Target
from analyzer.tfapi.support import support_of
from scripts.measure_tfapi import Worker
from scripts.measure_tfapi_tables import letter

SAMPLE = [
    ("tensorflow.linalg.svd", "float32"),
    ("tensorflow.searchsorted", "float32"),
    ("tensorflow.image.crop_and_resize", "float32"),
    ("operator.floordiv", "int64"),
    ("operator.matmul", "float64"),
    ("tensorflow.math.cumprod", "float32"),
    ("operator.getitem[ellipsis]", "float32"),
    ("tensorflow.strings.to_hash_bucket_fast", "string"),
    ("tensorflow.nn.softsign", "float32"),
    ("tensorflow.math.top_k", "float32"),
    ("tensorflow.image.resize[v2]", "float32"),
    ("tensorflow.feature_column.embedding_column", "int32"),
]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    version = next(
        (
            one.version
            for name in ("tensorflow-cpu", "tensorflow")
            for one in importlib.metadata.distributions(name=name)
        ),
        "none",
    )
    if not version.startswith("2.15."):
        pytest.skip(f"the table's 2.15 column cannot be measured again with TensorFlow: {version}")
    one = Worker(sys.executable)
    yield one
    one.close()


@pytest.mark.dryrun
@pytest.mark.parametrize(("name", "dtype"), SAMPLE)
def test_row_still_holds(worker: Worker, tmp_path: Path, name: str, dtype: str) -> None:
    recorded = support_of(name, dtype)
    assert recorded is not None
    row = worker.ask(folder=str(tmp_path), codes=[recorded.probe], dtype=dtype, batch=None)
    assert "ops" in row["built"], json.dumps(row)
    assert letter(row) == recorded.outcomes[Target.V2_15].value
    assert set(row["built"]["ops"]) <= recorded.ops
