"""The report as one page to look at: sources with their findings, outcomes, and the exported graph.

The page needs nothing but itself, and its Content-Security-Policy forbids it more: a browser, or the webview of an
editor, runs this one script and applies this one style sheet.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any, TextIO

import jinja2
from markupsafe import Markup, escape

from analyzer import __version__
from analyzer.reporting.html.page import Page
from analyzer.reporting.html.source import seen
from analyzer.reports import Report
from analyzer.settings import Settings

IN_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def write(report: Report, settings: Settings, to: TextIO) -> None:
    """Print the page."""
    encoding = to.encoding or "utf-8"
    to.write(render(report, settings).encode(encoding, "xmlcharrefreplace").decode(encoding))


def render(report: Report, settings: Settings, in_editor: Callable[[str], str] | None = None) -> str:
    """The page, as a whole document.

    For an editor's webview `in_editor` turns sentences that name flags into the editor's own; sections of files bear
    their URI, and a click on a line number posts `{command: "open", uri, line}` to the editor.
    """
    page = Page(report, settings, in_editor or str)
    style, script = _part("page.css"), _part("page.js")
    return _template().render(
        page=page,
        editor=in_editor is not None,
        style=Markup(style),
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
        data=_json(page.data),
        version=__version__,
    )


def _part(name: str) -> str:
    return (resources.files(__name__) / name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    # Whatever a program, a path or a converter puts into the page is text, and text that can be seen.
    environment.finalize = lambda value: value if isinstance(value, Markup) else _visible(value)
    environment.filters["ticked"] = _ticked
    return environment.from_string(_part("page.html.jinja"))


def _visible(value: object) -> str:
    return "\n".join(seen(line) for line in str(value).split("\n"))


def _ticked(text: str) -> Markup:
    """A message with its `names` as code."""
    parts = _visible(text).split("`")
    if len(parts) % 2 == 0:
        return escape("`".join(parts))
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))


def _json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    return Markup(json.dumps(value, separators=(",", ":"), ensure_ascii=True).translate(IN_SCRIPT))


def _hash(text: str) -> Markup:
    """What a Content-Security-Policy calls an inline script or style by."""
    return Markup("sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode())
