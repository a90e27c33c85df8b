"""What is told of the place under the cursor: a code in a comment, findings, and TensorFlow's API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from lsprotocol import types

from analyzer.dryrun.words import spoken
from analyzer.explained import Explained
from analyzer.findings import Outcome, Target
from analyzer.reading.names import external, short
from analyzer.reading.source import LINE_ENDS
from analyzer.reporting import notes
from analyzer.reporting.wording import OUTCOMES
from analyzer.tfapi.names import missing_from
from analyzer.tfapi.support import Support, support_of
from lsp_server.analysis.messages import Shown
from lsp_server.convert import Converter, verdict
from lsp_server.pages import page
from lsp_server.session import Session

COMMENT = re.compile(r"#\s*(?:tflint:\s*ignore(?:-file)?\[|noqa:)[^#]*", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z][\w-]*")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*")
IMPORT = re.compile(r"^[ \t]*import[ \t]+(?P<names>[^#\n]+)", re.MULTILINE)
FROM = re.compile(r"^[ \t]*from[ \t]+(?P<module>[\w.]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^#\n(]+)", re.MULTILINE)
ALIAS = re.compile(r"^[ \t]*(?P<name>\w+)[ \t]*=[ \t]*(?P<value>[A-Za-z_]\w*(?:\.\w+)+)[ \t]*(?:#.*)?$", re.MULTILINE)
NAMED = re.compile(r"(?P<name>[\w.]+)(?:\s+as\s+(?P<alias>\w+))?")


def at(
    session: Session, convert: Converter, explained: Mapping[str, Explained], uri: str, position: types.Position
) -> Iterator[str]:
    """Everything that is to be told of a place in a document, a text in Markdown each."""
    path = session.path(uri)
    document = session.documents.get(path)
    text = document.text_of(uri) if document is not None else None
    lines = LINE_ENDS.split(text) if text is not None else []
    if text is None or position.line >= len(lines):
        return
    line = lines[position.line]
    column = convert.column(line, position.character)
    if (rule := code_at(line, column, explained)) is not None:
        yield rule
    known = session.current(path)
    for shown in known.report.findings if known is not None else ():
        place = convert.location(shown.finding.span)
        if place.uri == uri and place.range.start <= position <= place.range.end:
            yield finding(shown, explained)
    if (name := name_at(line, column)) is not None and (told := api(name, text)) is not None:
        yield told


def code_at(line: str, column: int, explained: Mapping[str, Explained]) -> str | None:
    """The page of the rule whose code or name stands there in a comment that silences it."""
    comment = COMMENT.search(line)
    if comment is None or not comment.start() < column <= comment.end() + 1:
        return None
    word = next((word for word in WORD.finditer(line) if word.start() < column <= word.end() + 1), None)
    if word is None:
        return None
    by_name = {known.name: known for known in explained.values()}
    known = explained.get(word.group().upper()) or by_name.get(word.group().lower())
    return page(known) if known is not None else None


def finding(shown: Shown, explained: Mapping[str, Explained]) -> str:
    """A finding: its rule, its verdict, and on what that rests."""
    found = shown.finding
    known = explained.get(found.code)
    parts = [f"**{found.code} {found.name}**: {found.message}"]
    told = verdict(shown) or notes.verdict(found)
    parts += [f"*{told[:1].upper()}{told[1:]}*"] if told else []
    seen = notes.evidence(found)
    parts += ["\n".join(f"- {words}" for words in seen)] if seen else []
    parts += [f"Fix: {found.fix}"] if found.fix else []
    parts += [f"Behind it: {shown.behind}"] if shown.behind else []
    parts += ["---", known.summary] if known is not None else []
    return "\n\n".join(parts)


def name_at(line: str, column: int) -> str | None:
    """The dotted name up to the word at a 1-based column: `tf.nn` on `nn` in `tf.nn.relu`."""
    for found in DOTTED.finditer(line):
        if found.start() < column <= found.end() + 1:
            end = next((word.end() for word in re.finditer(r"\w+", line) if word.end() + 1 >= column), found.end())
            return re.sub(r"\s", "", line[found.start() : max(end, found.start() + 1)])
    return None


@lru_cache(maxsize=8)
def names(text: str) -> Mapping[str, str]:
    """What a file calls libraries and their parts, anywhere in it: the name and the dotted name that it stands for."""
    found: dict[str, str] = {}
    for statement in IMPORT.finditer(text):
        for part in statement["names"].split(","):
            if name := NAMED.match(part.strip()):
                top = name["name"].partition(".")[0]
                found[name["alias"] or top] = name["name"] if name["alias"] else top
    for statement in FROM.finditer(text):
        for part in statement["names"].strip("()").split(","):
            if name := NAMED.match(part.strip()):
                found[name["alias"] or name["name"]] = f"{statement['module']}.{name['name']}"
    for alias in ALIAS.finditer(text):
        top, _, rest = alias["value"].partition(".")
        if top in found and alias["name"] not in found:
            found[alias["name"]] = f"{found[top]}.{rest}"
    return found


def api(dotted: str, text: str) -> str | None:
    """What each converter does with a symbol of TensorFlow's, None where nothing was measured of it."""
    top, _, rest = dotted.partition(".")
    stands_for = names(text).get(top)
    spelled = f"{stands_for}.{rest}" if stands_for and rest else stands_for
    canonical = external(spelled) if spelled else None
    if spelled is None or canonical is None or not canonical.startswith("tensorflow."):
        return None
    support = support_of(canonical) or support_of(f"{canonical}.__call__")
    if support is None:
        return None
    rows = [f"| {target.value} | {_outcome(support, target, spelled)} |" for target in Target]
    return "\n".join([
        f"`{short(canonical)}` in an exported model\n",
        "| converter | what it does |",
        "| --- | --- |",
        *rows,
        *_more(support),
    ])  # fmt: skip


def _outcome(support: Support, target: Target, spelled: str) -> str:
    outcome = support.outcomes.get(target)
    if outcome is None:
        return "not measured"
    told = OUTCOMES[outcome]
    if refused := sorted(support.refused.get(target, ())):
        told += f" ({', '.join(refused)})"
    if words := support.notes.get(target, ""):
        told += f": {spoken(words)[:160]}"
    if missing_from(target, spelled):
        told += f"; TensorFlow {target.value} has no such name as spelled here"
    return told.replace("|", "\\|")


def _more(support: Support) -> Iterator[str]:
    if support.ops:
        yield f"\nOps: {', '.join(sorted(support.ops))}"
    for target in Target:
        worse = sorted(
            dtype
            for dtype, outcomes in support.dtypes.items()
            if outcomes.get(target) not in (None, Outcome.BUILTINS, support.outcomes.get(target))
        )
        if worse:
            yield f"\nOther dtypes fare worse on {target.value}: {', '.join(worse)}"
    if support.probe:
        yield f"\nMeasured with `{support.probe}`"
