"""Which files are worth parsing, told from their bytes: those that speak of Estimators, and those that import them."""

from __future__ import annotations

import pytest

from analyzer.glancing import Glance, glance, hearsay


@pytest.mark.parametrize(
    "text",
    [
        "import model\n",
        "x = 1\nimport os, model\n",
        "from package import model\n",
        "from model import build as make\n",
        "from . import (\n    other,\n    model,\n)\n",
        "def late():\n    from .model import build\n",
        '{"source": [\n "import model\\n",\n "model.build()"]}',
    ],
)
def test_a_file_that_imports_one_that_speaks_is_worth_parsing(text: str) -> None:
    glances = {"/there/model.py": Glance(speaks=True), "/there/main.py": glance("/there/main.py", text.encode())}
    assert list(hearsay(glances)) == ["/there/main.py"]


@pytest.mark.parametrize(
    "text", ["model = 1\n", "# we import no model here\n", "important(model)\n", "import models\n"]
)
def test_a_file_that_only_names_one_that_speaks_is_not(text: str) -> None:
    glances = {"/there/model.py": Glance(speaks=True), "/there/main.py": glance("/there/main.py", text.encode())}
    assert list(hearsay(glances)) == []


@pytest.mark.parametrize(
    "word", ["tf.estimator", "export_saved_model", "TFLiteConverter", "TocoConverter", "# tflint:"]
)
def test_a_file_speaks_by_any_of_these_words(word: str) -> None:
    assert glance("a.py", f"x = 1  # {word}\n".encode()).speaks
