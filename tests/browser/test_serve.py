"""What a learner does on the page, in a real browser, at desk and phone width."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SHEET_NET = "y = 2 - r(x1) - r(x2) + r(x1 + x2)\nr(s) = max(0, s)\nclass 1 if y < 0"
NEURON = "z = w*x + b\ny = tanh(z)\nE = log(cosh(y - t))"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pytest.importorskip("uvicorn")
    process = subprocess.Popen([sys.executable, "-m", "workings", "serve"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    yield re.search(r"http://\S+", process.stderr.readline())[0]  # type: ignore[index]
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("no Chromium here; set CHROMIUM to its path")
    with sync_api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    made = browser.new_page(viewport=request.param)
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.goto(address)
    made.wait_for_selector("html[data-took]", timeout=60_000)
    yield made
    made.close()
    assert faults == []


def typed(page: Any, text: str) -> None:
    page.fill("#text", text)


def expect_text(page: Any, selector: str, text: str) -> None:
    page.locator(selector, has_text=text).first.wait_for(timeout=30_000)


def test_a_learner_types_a_network_drags_a_weight_and_goes_back(page: Any) -> None:
    typed(page, SHEET_NET)
    expect_text(page, "#plane-words", "6 pieces. Boundary: 4 rays.")
    slider = page.locator('[data-at="x1>h3"] input[type=range]')
    slider.fill("2")
    expect_text(page, "#reading", "2")
    page.wait_for_selector('[data-at="x1>h3"] input[type=text]')
    assert "r(2*x1 + x2)" in wait_value(page, "r(2*x1 + x2)")
    page.keyboard.press("Control+z")
    assert wait_value(page, "r(x1 + x2)") == SHEET_NET
    page.keyboard.press("Control+Shift+z")
    assert "r(2*x1 + x2)" in wait_value(page, "r(2*x1 + x2)")


def wait_value(page: Any, text: str) -> str:
    for _ in range(100):
        found = page.input_value("#text")
        if text in found:
            return str(found)
        page.wait_for_timeout(100)
    return str(page.input_value("#text"))


def test_an_error_stands_under_the_caret_and_the_last_picture_stays(page: Any) -> None:
    typed(page, SHEET_NET)
    expect_text(page, "#plane-words", "6 pieces")
    typed(page, SHEET_NET.replace("r(x1 + x2)", "r(x1 + "))
    expect_text(page, "#problem", ", column ")
    assert page.locator("#graph.stale svg").count() == 1
    assert page.get_attribute("#text", "aria-invalid") == "true"
    assert page.locator("#marks mark").count() == 1


def test_a_wrong_line_shows_its_counterexample_on_the_plane_and_in_the_graph(page: Any) -> None:
    typed(page, "h = relu(x1 - x2)\ny = h - relu(x1 + 1) + 1")
    expect_text(page, "#plane-words", "4 pieces")
    page.click("#tab-check")
    page.fill("#area-lines", "dy/dx1 = 0")
    expect_text(page, "#answer", "wrong")
    expect_text(page, "#answer", "Counterexample")
    page.wait_for_selector("#graph .is-meant")


def test_passes_go_forth_and_back_one_number_a_step(page: Any) -> None:
    typed(page, NEURON)
    page.click("#tab-passes")
    page.get_by_label("x =", exact=True).fill("1")
    page.get_by_label("x =", exact=True).press("Enter")
    page.get_by_label("t =", exact=True).fill("0")
    page.get_by_label("t =", exact=True).press("Enter")
    expect_text(page, ".walk", "gb")
    page.click("#step-on")
    page.click("#step-on")
    expect_text(page, "#step-says", "2 of 8: forward, y ≈ 0.761594")
    page.click("#step-back")
    expect_text(page, "#step-says", "1 of 8: forward, z = 1")


def test_a_link_carries_everything(page: Any, browser: Any) -> None:
    typed(page, NEURON)
    page.click("#tab-gradient")
    page.get_by_label("by", exact=True).fill("w")
    expect_text(page, "#answer", "Chain rule")
    page.wait_for_timeout(700)
    other = browser.new_page(viewport=DESK)
    other.goto(page.url)
    expect_text(other, "#answer", "Chain rule")
    assert other.input_value("#text") == NEURON
    other.close()


def test_pictures_and_code_are_saved(page: Any) -> None:
    typed(page, SHEET_NET)
    expect_text(page, "#plane-words", "6 pieces")
    for button in ("svg", "png", "tikz"):
        with page.expect_download() as saved:
            page.locator("#graph-figure").get_by_role("button", name=button).click()
        assert saved.value.suggested_filename == f"draw.{button}"
    typed(page, NEURON)
    page.click("#tab-code")
    expect_text(page, "#answer", "def ")
    with page.expect_download() as saved:
        page.locator("#panel").get_by_role("button", name="file").click()
    assert saved.value.suggested_filename == "network.py"


def test_all_by_keyboard(page: Any) -> None:
    typed(page, SHEET_NET)
    expect_text(page, "#plane-words", "6 pieces")
    page.focus("#graph [tabindex='0']")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.focus("#plane")
    page.keyboard.press("ArrowUp")
    expect_text(page, "#plane-words", "piece")
    page.focus("#tab-pieces")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#tab-boundary", "aria-selected") == "true"
    expect_text(page, "#answer", "ray")


def test_it_never_scrolls_sideways(page: Any) -> None:
    typed(page, NEURON)
    for tab in ("pieces", "gradient", "passes", "check", "code", "sheet"):
        page.click(f"#tab-{tab}")
        page.wait_for_timeout(600)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(browser: Any, address: str, scheme: str, size: dict[str, int]) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not there: npm ci in web/")
    page = browser.new_page(viewport=size, color_scheme=scheme)
    page.goto(address)
    page.wait_for_selector("html[data-took]", timeout=60_000)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for tab, text in (("pieces", SHEET_NET), ("gradient", NEURON), ("passes", NEURON), ("check", NEURON), ("code", NEURON),
                      ("sheet", "y = (")):
        typed(page, text)
        page.click(f"#tab-{tab}")
        page.wait_for_timeout(1200)
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
        assert [(v["id"], [n["html"][:160] for n in v["nodes"]][:4]) for v in found["violations"]] == [], tab
    page.close()
