"""Puts pictures of the HTML page of two examples into docs/: `python -m scripts.page_pictures`, under TF 2.15.

Needs Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from analyzer import discovery, engine
from analyzer.reporting import html
from analyzer.settings import Settings
from scripts.readme_picture import ROOT, inside

SIZE = (1440, 1200)
MOST_BYTES = 300_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A page to show: of which program, in which light, and what is clicked before."""

    name: str
    program: str
    light: Literal["light", "dark"]
    clicked: tuple[str, ...]


PICTURES = (
    Picture("page-failing.png", "dough_rise.ipynb", "light", (".line .chip.refused",)),
    Picture("page-converting.png", "bike_demand.py", "dark", (".node:has-text('ConcatV2')",)),
)


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("there is no Chromium to take pictures with")
    with tempfile.TemporaryDirectory(prefix="tflint-pictures-") as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            file = Path(scratch) / "page.html"
            file.write_text(rendered(picture.program), "utf-8")
            page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme=picture.light)
            page.goto(file.as_uri())
            taken(page, picture)
        browser.close()


def rendered(program: str) -> str:
    """The page of the dry run of an example."""
    with inside(ROOT / "examples"):
        settings = Settings(dry_run=True, cache=False, output_format="html")
        report = engine.check(discovery.find([Path(program)]).files, settings, lambda _: None)
        return html.render(report, settings)


def taken(page: Page, picture: Picture) -> None:
    for selector in picture.clicked:
        page.locator(selector).first.click()
        page.wait_for_timeout(800)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(800)
    target = ROOT / "docs" / picture.name
    page.screenshot(path=target)
    if target.stat().st_size > MOST_BYTES:
        sys.exit(f"{target.name} has {target.stat().st_size} bytes, more than {MOST_BYTES}")


if __name__ == "__main__":
    main()
