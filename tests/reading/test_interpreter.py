"""What the abstract interpreter knows, and what it admits not to know."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from analyzer.reading.values import Choice, Const, Sequence, Tensor, Unknown
from tests.reading.running import calls, constant, run, value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 2 + 3 * 4", 14),
        ("x = 1 if 2 > 1 else f()", 1),
        ("def f(a, b=2, *c, **d): return a + b\nx = f(1)", 3),
        ("def f(**k): return k['a']\nx = f(a=7)", 7),
        ("def f(*a): return a[1]\nx = f(1, 2)", 2),
        ("import functools\nx = functools.partial(lambda a, b: a - b, 5)(3)", 2),
        ("x = 0\nfor i in range(4): x += i", 6),
        ("x = 0\nwhile x < 3: x += 1", 3),
        ("d = {'a': 1}\nd['b'] = 2\nx = d.get('b') + d.pop('a')", 3),
        ("x = [i * 2 for i in range(3) if i > 0][1]", 4),
        ("x = {k: v for k, v in zip('ab', [1, 2])}['b']", 2),
        ("a, (b, *c) = 1, (2, 3, 4)\nx = c[1]", 4),
        (
            "class A:\n    k = 3\n    def __init__(self): self.v = self.k\n    @property\n    def p(self): return self.v + 1\nx = A().p",
            4,
        ),
        ("class A:\n    def f(self): return 1\nclass B(A):\n    def f(self): return super().f() + 1\nx = B().f()", 2),
        (
            "class A:\n    def f(self): return 1\nclass B(A):\n    def f(self): return super(B, self).f() + 1\nx = B().f()",
            2,
        ),
        (
            "class A:\n    @staticmethod\n    def f(v): return v\n    @classmethod\n    def g(cls): return cls.f(5)\nx = A.g()",
            5,
        ),
        (
            "def outer():\n    n = 1\n    def inner():\n        nonlocal n\n        n = 9\n    inner()\n    return n\nx = outer()",
            9,
        ),
        ("n = 1\ndef f():\n    global n\n    n = 4\nf()\nx = n", 4),
        ("try:\n    from . import nothing\nexcept ImportError:\n    x = 3", 3),
        ("x = 'abc'.upper() + '{}'.format(1)", "ABC1"),
        ("x = f'{1}-{2}'", "1-2"),
        ("x = isinstance({}, dict) and not isinstance(None, str)", True),
        ("from collections import namedtuple\nP = namedtuple('P', 'a b')\nx = P(1, b=2).b", 2),
        ("import collections\nx = collections.OrderedDict([('a', 1)])['a']", 1),
        ("x = getattr({'a': 1}, 'get')('a')", 1),
        ("def deco(f):\n    def g(): return f() + 1\n    return g\n@deco\ndef h(): return 1\nx = h()", 2),
        ("x = (lambda n: n and 5)(True)", 5),
        ("if __name__ == '__main__': x = 1", 1),
        ("x = len([1, 2]) + max(3, 4)", 6),
        ("x = [3, 1, 2]\nx.append(9)\nx = sorted(x)[-1]", 9),
    ],
)
def test_constants_are_followed(text: str, expected: object) -> None:
    assert constant(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "x = load()",
        "import os\nx = os.environ['A']",
        "x = input()",
        "import argparse\nx = argparse.ArgumentParser().parse_args().n",
    ],
)
def test_what_is_not_known_is_unknown(text: str) -> None:
    assert isinstance(value(text), Unknown)


def test_unknown_tests_run_both_branches_and_join() -> None:
    assert isinstance(value("x = 1\nif load(): x = 2"), Choice)
    made = run(
        "import tensorflow as tf\nif load():\n    tf.zeros([1])\nelse:\n    tf.ones([1])\ntf.eye(2)"
    ).record.calls
    assert [call.certainty for call in made] == [Certainty.MAYBE, Certainty.MAYBE, Certainty.CERTAIN]


def test_after_a_possible_return_everything_is_a_maybe() -> None:
    text = "import tensorflow as tf\ndef f():\n    if load(): return 1\n    tf.zeros([1])\nf()\ntf.eye(2)"
    assert [call.certainty for call in run(text).record.calls] == [Certainty.MAYBE, Certainty.CERTAIN]


def test_a_guard_that_raises_is_taken_to_hold() -> None:
    text = "import tensorflow as tf\ndef f(n):\n    if n < 1: raise ValueError(n)\n    return tf.zeros([1])\nf(load())"
    assert [call.certainty for call in run(text).record.calls] == [Certainty.CERTAIN]


@pytest.mark.parametrize(
    "spelling",
    [
        "tf.nn.dynamic_rnn(0)",
        "tf.compat.v1.nn.dynamic_rnn(0)",
        "v1 = tf.compat.v1\nv1.nn.dynamic_rnn(0)",
        "from tensorflow import nn\nnn.dynamic_rnn(0)",
        "from tensorflow.compat.v1.nn import dynamic_rnn as rnn\nrnn(0)",
        "import tensorflow.compat.v1 as t\nt.nn.dynamic_rnn(0)",
        "from tensorflow.python.ops import rnn\nrnn.dynamic_rnn(0)",
        "getattr(tf.nn, 'dynamic_rnn')(0)",
        "f = {'rnn': tf.nn.dynamic_rnn}['rnn']\nf(0)",
        "def choose(): return tf.nn.dynamic_rnn\nchoose()(0)",
        "class A:\n    def __init__(self): self.rnn = tf.nn.dynamic_rnn\nA().rnn(0)",
        "try:\n    import tensorflow.compat.v1 as tf\nexcept ImportError:\n    import tensorflow as tf\ntf.nn.dynamic_rnn(0)",
        "def f():\n    import tensorflow as t\n    return t.nn.dynamic_rnn(0)\nf()",
    ],
)
def test_every_spelling_is_one_name(spelling: str) -> None:
    assert calls(spelling) == ["tensorflow.nn.dynamic_rnn"]


def test_provenance_runs_through_containers_and_helpers() -> None:
    text = "import tensorflow as tf\ndef f(d): return d['a'][0] + 1.0\nx = f({'a': [tf.zeros([2])]})"
    found = value(text)
    made = run(text).record.calls
    assert isinstance(found, Tensor)
    assert [made[dep].name for dep in found.deps] == ["operator.add"]
    assert made[1].deps == frozenset({0})


def test_control_dependencies_are_dependencies() -> None:
    made = run(
        "import tensorflow as tf\na = tf.zeros([1])\nwith tf.control_dependencies([a]):\n    b = tf.ones([1])"
    ).record.calls
    assert {call.name: call.deps for call in made}["tensorflow.ones"] >= {0}


@pytest.mark.parametrize(
    ("text", "shape", "dtype"),
    [
        ("x = tf.placeholder(tf.float32, [None, 4])", (None, 4), "float32"),
        ("x = tf.layers.dense(tf.placeholder(tf.float64, [3, 4]), 7)", (3, 7), "float64"),
        ("x = tf.reshape(tf.placeholder(tf.int32, [6]), [-1, 2])", (None, 2), "int32"),
        ("x = tf.cast(tf.placeholder(tf.int32, [6]), tf.float32)", (6,), "float32"),
        ("x = tf.one_hot(tf.placeholder(tf.int64, [None]), 5)", (None, 5), "float32"),
        ("x = tf.placeholder(tf.float32, [None, 4]) + tf.ones([4])", (None, 4), "float32"),
        ("x = tf.placeholder(tf.float32, [2, 4])[:, 0]", (2,), "float32"),
        ("x = tf.placeholder(tf.float32)", None, "float32"),
        ("x = tf.placeholder('float', [2])", (2,), "float32"),
        ("x = tf.cast(tf.placeholder(tf.int32, [6]), float)", (6,), "float32"),
        ("x = tf.constant(np.zeros([2], float))", (2,), "float64"),
    ],
)
def test_shapes_and_dtypes(text: str, shape: object, dtype: str) -> None:
    found = value("import numpy as np\nimport tensorflow as tf\n" + text)
    assert isinstance(found, Tensor)
    assert (found.shape, found.dtype) == (shape, dtype)


@pytest.mark.parametrize(
    "text",
    [
        "def f(n): return f(n + 1)\nf(0)",
        "def f(): return g()\ndef g(): return f()\nf()",
        "while True:\n    x = 1",
        "x = 0\nfor i in range(10 ** 9): x += 1",
        "x = 2 ** 10 ** 10 ** 10",
        "x = 'a' * 10 ** 12",
        "x = [0] * 10 ** 9",
        "\n".join(
            ["for a in range(60):"]
            + ["    " * k + f"for b{k} in range(60):" for k in range(1, 8)]
            + ["    " * 9 + "x = 1"]
        ),
        "x = " + " + ".join(["1"] * 3000),
        "import program\nfrom program import x",
        "class A(A): pass\nx = A()",
        "x = []\nx.append(x)\ny = {'x': x}",
    ],
)
def test_no_program_hangs_or_crashes_it(text: str) -> None:
    run(text)


def test_a_budget_that_ran_out_is_said() -> None:
    nested = "\n".join("    " * k + f"for b{k} in range(60):" for k in range(8)) + "\n" + "    " * 8 + "x = 1"
    assert any("steps" in limit for limit in run(nested).record.limits)


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ('list(json.loads(\'{"a": 1, "b": [2, 3]}\'))', ["a", "b"]),
        ("json.loads('{\"a\": 1, \"b\": [2, 3]}')['b']", [2, 3]),
        ("json.loads('[1, null, true]')", [1, None, True]),
    ],
)
def test_json_that_is_written_out(read: str, expected: list[object]) -> None:
    found = value(f"import json\nx = {read}")
    assert isinstance(found, Sequence)
    assert [item.value for item in found.items if isinstance(item, Const)] == expected


@pytest.mark.parametrize("text", ["'{'", "load()", "b'1'"])
def test_json_that_cannot_be_read_is_unknown(text: str) -> None:
    assert isinstance(value(f"import json\nx = json.loads({text})"), Unknown)
