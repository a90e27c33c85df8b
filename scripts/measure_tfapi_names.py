"""Write `analyzer/tfapi/names.json` and `internal_names.json` from the listings of real TensorFlows.

python scripts/measure_tfapi_names.py --python 1.15=PATH --python 2.15=PATH --python 2.21=PATH
python scripts/measure_tfapi_names.py --listings FOLDER     (1.15.json, 2.15.json, 2.21.json from an earlier run)
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "analyzer" / "tfapi"
LISTING = Path(__file__).resolve().parent / "measure_tfapi_listing.py"
TARGETS = ("1.15", "2.15", "2.21")
TREES = ("tensorflow", "tensorflow.compat.v1", "tensorflow.compat.v2")
Rows = dict[str, dict[str, Any]]


def split(spelling: str) -> tuple[int, str]:
    """The tree a listed spelling hangs in, and the name below it."""
    for tree in (2, 1):
        if spelling.startswith(TREES[tree] + "."):
            return tree, spelling[len(TREES[tree]) + 1 :]
    return 0, spelling.removeprefix("tensorflow.")


def is_v1(target: str, tree: int) -> bool:
    return tree == 1 or (tree == 0 and target == "1.15")


class Groups:
    """Union-find over short names."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        parent = self._parent.setdefault(name, name)
        if parent != name:
            parent = self._parent[name] = self.find(parent)
        return parent

    def join(self, one: str, other: str) -> None:
        self._parent[self.find(one)] = self.find(other)

    def __contains__(self, name: str) -> bool:
        return name in self._parent


def objects(rows: Rows, target: str, v1: bool) -> list[list[str]]:
    """The short names of each object in the v1 or v2 trees of one TensorFlow."""
    named: dict[int, list[str]] = defaultdict(list)
    for spelling, row in rows.items():
        tree, short = split(spelling)
        if "id" in row and is_v1(target, tree) == v1:
            named[row["id"]].append(short)
    return list(named.values())


def alias_groups(listings: dict[str, Rows]) -> Groups:
    """Names of one object belong together; where v1 and v2 disagree about a name, v1 decides (Estimator code is v1)."""
    groups = Groups()
    for target in TARGETS:
        for names in objects(listings[target], target, v1=True):
            for name in names:
                groups.join(name, names[0])
    for target in TARGETS:
        for names in objects(listings[target], target, v1=False):
            known = [name for name in names if name in groups]
            fresh = [name for name in names if name not in groups]
            if not known:
                for name in fresh:
                    groups.join(name, fresh[0])
                continue
            home = min(known, key=lambda name: (not name.startswith("keras."), name))
            for name in fresh:
                groups.join(name, home)
    return groups


def endpoint_order(listings: dict[str, Rows]) -> dict[str, int]:
    """How early each endpoint stands in its object's own list of names: v2 lists before v1 lists."""
    order: dict[str, int] = {}
    for attribute, offset in (("_tf_api_names", 0), ("_tf_api_names_v1", 100), ("_keras_api_names", 0)):
        for target in reversed(TARGETS):
            for row in listings[target].values():
                for position, name in enumerate(row.get(attribute, ())):
                    order.setdefault(name.removeprefix("keras.") if ".keras." in name else name, offset + position)
    return order


def preferred(names: list[str], kinds: dict[str, str], order: dict[str, int], in_v2: set[str]) -> str:
    """The name the others fold to."""

    def rank(name: str) -> tuple[object, ...]:
        constant = kinds[name] == "constant"
        return (
            name.startswith("contrib."),
            name.startswith("contrib.slim."),
            "experimental" in name or name.startswith("raw_ops."),
            name.startswith("keras.initializers."),
            name.startswith("keras.metrics.") and name[14:15].islower(),
            name.startswith(("keras.backend", "losses.", "metrics.", "initializers.", "optimizers.")) and name in in_v2,
            name not in in_v2,
            ("." in name) == constant,
            order.get(name, 50),
            len(name),
            name,
        )

    return min(names, key=rank)


def presence(listings: dict[str, Rows]) -> dict[str, int]:
    """For each short name the set of (target, tree) that has it, as bits."""
    found: dict[str, int] = defaultdict(int)
    for number, target in enumerate(TARGETS):
        for spelling in listings[target]:
            tree, short = split(spelling)
            found[short] |= 1 << (3 * number + tree)
    return found


def build(listings: dict[str, Rows]) -> dict[str, str]:
    """`{short name: "presence canonical"}`, the canonical left out where it is the name itself."""
    kinds = {split(spelling)[1]: row["kind"] for target in TARGETS for spelling, row in listings[target].items()}
    kinds |= {
        split(spelling)[1]: "constant"
        for target in TARGETS
        for spelling, row in listings[target].items()
        if row["kind"] == "constant"
    }
    bits = presence(listings)
    in_v2 = {name for name, mask in bits.items() if mask & 0b101101100}
    groups = alias_groups(listings)
    order = endpoint_order(listings)
    members: dict[str, list[str]] = defaultdict(list)
    for name in bits:
        members[groups.find(name)].append(name)
    rows: dict[str, str] = {}
    for names in members.values():
        best = preferred(names, kinds, order, in_v2)
        for name in names:
            owner = name.rpartition(".")[0]
            if kinds[name] == "member" and bits.get(owner) == bits[name]:
                continue
            rows[name] = f"{bits[name]:x}" if name == best else f"{bits[name]:x} {best}"
    return rows


def build_internal(internals: dict[str, dict[str, str]], names: dict[str, str]) -> dict[str, dict[str, str]]:
    """`{module: {attribute: canonical short name}}` for TensorFlow's own modules."""
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    for target in TARGETS:
        for spelling, public in internals[target].items():
            module, _, attribute = spelling.rpartition(".")
            short = split(public)[1]
            best = [*names[short].split(), short][1]
            if spelling.removeprefix("tensorflow.") != best:
                rows[module].setdefault(attribute, best)
    return rows


def write(path: Path, rows: dict[str, Any]) -> None:
    lines = (f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in sorted(rows.items()))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[], metavar="TARGET=PATH")
    parser.add_argument("--listings", type=Path)
    options = parser.parse_args()
    folder: Path = options.listings or Path(tempfile.mkdtemp(prefix="tfapi-"))
    for pair in options.python:
        target, _, python = pair.partition("=")
        subprocess.run([python, str(LISTING), str(folder / f"{target}.json")], check=True, timeout=600)
    listed = {target: json.loads((folder / f"{target}.json").read_text(encoding="utf-8")) for target in TARGETS}
    names = build({target: listed[target]["rows"] for target in TARGETS})
    write(DATA / "names.json", names)
    write(
        DATA / "internal_names.json",
        build_internal({target: listed[target]["internal"] for target in TARGETS}, names),
    )
    versions = ", ".join(listed[target]["version"] for target in TARGETS)
    print(f"{len(names)} names of TensorFlow {versions}")


if __name__ == "__main__":
    main()
