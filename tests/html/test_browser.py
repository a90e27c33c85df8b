"""The HTML page in a real browser: it loads in peace, and clicks, keys, darkness and narrow windows do what they should."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from analyzer.reporting import html
from analyzer.reports import Report
from tests.command import reports
from tests.html.pages import CODE, DRY, SMALL, drawn
from tests.html.test_levels import encoder

LONG = [*CODE, *(f"x{number} = {number}" for number in range(200))]
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


class Opened:
    """Pages of one test, and what went wrong in them."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser = browser
        self.folder = folder
        self.troubles: list[str] = []

    def write(self, report: Report, editor: bool = False) -> Path:
        path = self.folder / "page.html"
        path.write_text(html.render(report, DRY, str if editor else None), "utf-8")
        return path

    def __call__(self, report: Report, editor: bool = False, script: str = "", **context: object) -> Page:
        path = self.write(report, editor)
        page = self.browser.new_context(viewport=WIDE, **context).new_page()  # type: ignore[arg-type]
        page.on("console", lambda message: self.troubles.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", lambda request: self.troubles.extend({request.url} - {path.as_uri()}))
        if script:
            page.add_init_script(script)
        page.goto(path.as_uri())
        return page


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Opens pages; at the end none of them complained to the console or asked the network for anything."""
    pages = Opened(browser, tmp_path)
    yield pages
    for context in browser.contexts:
        context.close()
    assert pages.troubles == []


def is_in_sight(page: Page, selector: str) -> bool:
    page.wait_for_timeout(600)
    return bool(
        page.eval_on_selector(
            selector, "(e) => { const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; }"
        )
    )


def test_every_shape_loads_without_a_word(opened: Opened) -> None:
    page = opened(Report())
    for name, report in reports.every_shape().items():
        opened.write(report)
        page.reload()
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_an_op_leads_to_its_line_and_a_line_to_its_ops(opened: Opened) -> None:
    page = opened(drawn(code=LONG))
    page.locator(".node", has_text="PyFunc").click()
    expect(page.locator("#f0-5")).to_have_class("line on")
    assert is_in_sight(page, "#f0-5")
    expect(page.locator(".told")).to_contain_text("refused by the converter")
    page.locator("#f0-4 .chip").click()
    assert page.locator(".node.on text:not(.small)").all_text_contents() == ["MatMul", "BiasAdd", "Mean"]
    expect(page.locator("#f0-4")).to_have_class("line on")
    expect(page.locator("#f0-5")).to_have_class("line")


def test_ops_are_coloured_by_what_became_of_them(opened: Opened) -> None:
    page = opened(drawn())
    strokes = page.eval_on_selector_all(
        ".node", "(all) => all.map((e) => [e.classList[1], getComputedStyle(e.querySelector('rect')).stroke])"
    )
    colours = dict(strokes)
    assert set(colours) == {"folded", "builtin", "refused", "dead", "unknown"}
    assert len({colours[kind] for kind in ("builtin", "refused", "dead", "unknown")}) == 4


def test_evidence_and_folds_open_with_the_keyboard(opened: Opened) -> None:
    page = opened(drawn(code=LONG))
    evidence = page.locator(".finding .evidence")
    expect(evidence.locator("li")).to_be_hidden()
    evidence.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(evidence.locator("li")).to_be_visible()
    fold = page.locator(".fold")
    expect(fold.locator(".line").first).to_be_hidden()
    fold.locator("summary").focus()
    page.keyboard.press("Space")
    expect(fold.locator(".line").first).to_be_visible()


def test_the_graph_is_walked_with_the_keyboard(opened: Opened) -> None:
    page = opened(drawn())
    page.locator(".node", has_text="MatMul").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".node.on")).to_contain_text("BiasAdd")
    expect(page.locator("#f0-4")).to_have_class("line on")


def test_groups_open_and_the_way_back_is_there(opened: Opened) -> None:
    page = opened(drawn(encoder(30), code=LONG))
    page.locator(".node", has_text="layer_7").click()
    expect(page.locator(".told")).to_contain_text("MatMul x 30")
    page.get_by_role("button", name="Look inside").click()
    expect(page.locator(".node")).to_have_count(30)
    page.locator(".crumbs").get_by_role("button", name="whole graph").click()
    expect(page.locator(".node", has_text="layer_7")).to_have_count(1)


def test_a_line_deep_in_a_fold_is_found_by_its_link(opened: Opened) -> None:
    page = opened(drawn(code=LONG))
    page.evaluate("location.hash = '#f0-150'")
    expect(page.locator("#f0-150")).to_be_visible()
    assert is_in_sight(page, "#f0-150")


def test_of_several_models_the_chosen_one_is_drawn(opened: Opened) -> None:
    made = drawn()
    other = replace(made.models[0], graph=replace(SMALL, ops=SMALL.ops[:1]))
    page = opened(replace(made, models=(made.models[0], other)))
    expect(page.locator(".node")).to_have_count(6)
    page.locator("#which").select_option(index=1)
    expect(page.locator(".node")).to_have_count(1)
    page.locator("#f0-5 .chip").click()
    expect(page.locator(".node.on")).to_contain_text("PyFunc")


def test_dark_is_what_the_system_says_until_somebody_says_otherwise(opened: Opened) -> None:
    lightness = (
        "[...getComputedStyle(document.body).backgroundColor.matchAll(/\\d+/g)].reduce((sum, n) => sum + +n[0], 0)"
    )
    page = opened(drawn(), color_scheme="light")
    light = page.evaluate(lightness)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(lightness)
    assert dark < 150 < 600 < light
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(lightness) == light
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(lightness) == dark


def test_a_narrow_window_scrolls_in_one_direction(opened: Opened) -> None:
    page = opened(drawn(code=LONG))
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    box = page.locator(".finding").bounding_box()
    assert box is not None
    assert box["width"] > 300
    page.locator("#f0-5 .chip").click()
    assert is_in_sight(page, ".canvas")
    expect(page.locator(".node.on")).to_contain_text("PyFunc")


def test_contrast_is_enough_to_read(opened: Opened) -> None:
    """WCAG AA: 4.5 to 1 for what is read, light and dark."""
    for scheme in ("light", "dark"):
        page = opened(drawn(), color_scheme=scheme)
        for selector in (
            ".severity",
            ".message",
            ".closing",
            ".state",
            ".line .k",
            ".chip.refused",
            ".chip.builtin",
            ".aside",
        ):
            ratio = page.locator(selector).first.evaluate(CONTRAST)
            assert ratio >= 4.5, (scheme, selector, ratio)


CONTRAST = """
(e) => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3).map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = e;
  while (behind && (parts(getComputedStyle(behind).backgroundColor)[3] ?? 1) === 0) behind = behind.parentElement;
  const two = [light(getComputedStyle(e).color), light(getComputedStyle(behind).backgroundColor)].sort((a, b) => b - a);
  return (two[0] + 0.05) / (two[1] + 0.05);
}
"""


def test_in_an_editor_a_line_number_opens_the_file_there(opened: Opened) -> None:
    script = (
        "window.said = []; window.acquireVsCodeApi = () => ({ postMessage: (message) => window.said.push(message) });"
    )
    page = opened(drawn(), editor=True, script=script)
    page.locator("#f0-5 .number").click()
    assert page.evaluate("said") == [{"command": "open", "uri": reports.MODEL.as_uri(), "line": 5}]
    expect(page.locator("#theme")).to_be_hidden()


def test_without_scripts_everything_is_there_but_the_drawing(opened: Opened) -> None:
    page = opened(drawn(), java_script_enabled=False)
    expect(page.locator(".finding .message")).to_be_visible()
    expect(page.locator(".graph")).to_be_hidden()
