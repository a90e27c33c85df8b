"""Configurations as people write them: objects that are nothing but named values."""

from __future__ import annotations

import pytest

from tests.reading.running import constant

TUPLE = "import collections\nC = collections.namedtuple('C', ['a', 'b'])\n"
SPACE = "from types import SimpleNamespace\n"
ATTRS = (
    "class AttrDict(dict):\n    def __getattr__(self, name):\n        return self[name]\n"
    "    def __setattr__(self, name, value):\n        self[name] = value\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SPACE + "x = SimpleNamespace(a=1, b=2).b", 2),
        (SPACE + "h = SimpleNamespace(a=1)\nh.a = 5\nx = h.a", 5),
        (SPACE + "h = SimpleNamespace(**{'a': 1, 'b': 2})\nx = vars(h)['b']", 2),
        (TUPLE + "x = C(1, 2)._replace(b=7).b", 7),
        (TUPLE + "def f(**k): return C(a=1, b=2)._replace(**k)\nx = f(b=9).a + f(a=4).b", 3),
        (TUPLE + "x = C(1, 2)._asdict()['a']", 1),
        (TUPLE + "x = C(3, 4)[1]", 4),
        (TUPLE + "a, b = C(3, 4)\nx = b", 4),
        ("from collections import namedtuple\nC = namedtuple('C', 'a b', defaults=(5,))\nx = C(1).b", 5),
        ("from typing import NamedTuple\nC = NamedTuple('C', [('a', int), ('b', int)])\nx = C(1, 2).b", 2),
        ("from typing import NamedTuple\nclass C(NamedTuple):\n    a: int\n    b: int = 3\nx = C(1).b", 3),
        ("from collections import namedtuple\nclass C(namedtuple('C', 'a b')):\n    pass\nx = C(1, 2).b", 2),
        ("class H:\n    def __init__(self, **k):\n        self.__dict__.update(k)\nx = H(a=4).a", 4),
        ("class H:\n    def __init__(self, **k):\n        self.__dict__ = k\nx = H(a=4).a", 4),
        ("class H:\n    def __init__(self, k):\n        vars(self).update(k)\nx = H({'a': 4}).a", 4),
        (
            "class H:\n    def __init__(self, **k):\n        for n, v in k.items():\n            setattr(self, n, v)\nx = H(a=4).a",
            4,
        ),
        ("class H:\n    a = 1\nh = H()\nd = dict(h.__dict__)\nd.update(a=2)\nx = d['a']", 2),
        (ATTRS + "x = AttrDict(a=1).a", 1),
        (ATTRS + "x = AttrDict({'a': 1})['a']", 1),
        (ATTRS + "h = AttrDict({'a': 1})\nh['a'] = 6\nx = h.a", 6),
        ("class D(dict):\n    pass\nx = D(a=1).get('a')", 1),
        ("class G:\n    def __getitem__(self, k): return k + 1\nx = G()[2]", 3),
        ("from easydict import EasyDict\nh = EasyDict({'net': {'units': 8}})\nx = h.net.units", 8),
        ("from easydict import EasyDict as edict\nh = edict()\nh.rate = 2\nx = h['rate']", 2),
        ("import tensorflow as tf\nh = tf.contrib.training.HParams(a=1)\nh.add_hparam('b', 2)\nx = h.values()['b']", 2),
        ("import tensorflow as tf\nh = tf.contrib.training.HParams(a=1)\nh.set_hparam('a', 3)\nx = h.a", 3),
        (
            "import dataclasses\n@dataclasses.dataclass\nclass C:\n    a: int = 1\nx = dataclasses.replace(C(), a=2).a",
            2,
        ),
        ("from functools import reduce\nx = reduce(lambda a, b: a * 10 + b, [1, 2, 3])", 123),
        ("from functools import reduce\nx = reduce(lambda a, b: a - b, [1, 2], 10)", 7),
    ],
)
def test_what_a_configuration_holds_is_known(text: str, expected: object) -> None:
    assert constant(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        SPACE + "import json\nh = SimpleNamespace(**json.load(open('f')))\nx = h.a",
        TUPLE + "import json\nx = C(1, 2)._replace(**json.load(open('f'))).b",
        "import tensorflow as tf\nh = tf.contrib.training.HParams(a=1)\nh.parse(tf.flags.FLAGS.hparams)\nx = h.a",
        SPACE + "h = SimpleNamespace(a=1)\nx = h.b",
    ],
)
def test_what_is_read_from_elsewhere_is_not_claimed(text: str) -> None:
    assert str(constant(text)).startswith("no constant")
